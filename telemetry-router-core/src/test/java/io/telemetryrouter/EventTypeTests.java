package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class EventTypeTests {

	@Test
	void whenClassIsAnnotatedThenTypeHasItsName() {
		EventType<ToolRun> type = EventType.of(ToolRun.class);
		assertThat(type.name()).isEqualTo("tool.run");
		assertThat(type.payloadType()).isEqualTo(ToolRun.class);
		assertThat(type).isEqualTo(EventType.of("tool.run", ToolRun.class));
	}

	@Test
	void whenClassIsNotAnnotatedThenMessageNamesClassAndFix() {
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of(String.class))
			.withMessage("Class 'java.lang.String' has no event name: "
					+ "annotate it with @TelemetryEventType(\"...\"), or give the name, as in emit(name, payload) or "
					+ "EventType.of(name, class)");
	}

	@TelemetryEventType(value = "versioned", version = 3)
	record Versioned() {
	}

	@Test
	void whenVersionIsDeclaredThenItIsTheTypesAndMustBePositive() {
		assertThat(EventType.of(Versioned.class)).isEqualTo(EventType.of("versioned", Versioned.class, 3));
		assertThat(EventType.of("versioned", Versioned.class).version()).isOne();
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of("versioned", Versioned.class, 0))
			.withMessage("'version' of event 'versioned' must be positive, but is 0");
	}

	@Test
	void whenPayloadHasTypeArgumentsThenCompilerChecksThem() {
		EventType<List<String>> names = EventType.of("names", new PayloadType<>() {
		});
		assertThat(names.payloadType()).isEqualTo(List.class);
		EventType<List<String>[]> arrays = EventType.of("arrays", new PayloadType<List<String>[]>() {
		});
		assertThat(arrays.payloadType()).isEqualTo(List[].class);
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			List<String> received = new ArrayList<>();
			router.subscribe(names, (event, payload) -> received.addAll(payload));
			router.emit(names, List.of("a", "b"));
			router.emit("names", "not a list");
			assertThat(received).containsExactly("a", "b");
		}
	}

	@Test
	@SuppressWarnings({ "rawtypes", "unchecked" })
	void whenPayloadTypeIsNotNamedThenMessageSaysWhatToWrite() {
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of("x", new PayloadType() {
		}))
			.withMessage("'payloadType' of event 'x' names no type: write it out, as in"
					+ " new PayloadType<List<String>>() { }");
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of("x", EventTypeTests.<String>ofVariable()))
			.withMessageStartingWith("'payloadType' of event 'x' names no type");
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of("x", (PayloadType<String>) null))
			.withMessage("'payloadType' of event 'x' must not be null");
	}

	private static <T> PayloadType<T> ofVariable() {
		return new PayloadType<>() {
		};
	}

	@Test
	void whenAnnotationHasWildcardThenTypeIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of(Wild.class))
			.withMessageStartingWith("Event name 'tool.*' has a wildcard");
	}

	@Test
	void whenNameIsMissingOrPatternThenTypeIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of(" ", String.class))
			.withMessage("Event name must not be null or blank");
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of((String) null, String.class));
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of("**", String.class))
			.withMessage("Event name '**' has a wildcard: give one plain name; only subscriptions take patterns");
	}

	@Test
	void whenPayloadTypeIsMissingThenTypeIsRejected() {
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of("x", (Class<String>) null))
			.withMessage("'payloadType' of event 'x' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of((Class<?>) null))
			.withMessage("'payloadType' must not be null");
	}

	@Test
	void whenPayloadTypeIsPrimitiveThenMessageNamesItsWrapper() {
		assertThatIllegalArgumentException().isThrownBy(() -> EventType.of("tokens", int.class))
			.withMessage(
					"'payloadType' must not be primitive, but is int: payloads are objects, use java.lang.Integer");
	}

	@Test
	void whenTypeIsEmittedThenHandlersOfItsNameReceiveIt() {
		EventType<ToolRun> type = EventType.of(ToolRun.class);
		List<Object> received = new ArrayList<>();
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe("tool.*", (event, payload) -> received.add(event));
			router.subscribe(type, (event, payload) -> received.add(payload));
			ToolRun run = new ToolRun("grep");
			router.emit(type, run);
			assertThat(received).containsExactly(run, "tool.run");
		}
	}

	@Test
	void whenEmittedTypeIsNullThenCallerIsTold() {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			assertThatIllegalArgumentException().isThrownBy(() -> router.emit((EventType<String>) null, "x"))
				.withMessage("Event type must not be null");
		}
	}

	@TelemetryEventType("tool.run")
	record ToolRun(String tool) {
	}

	@TelemetryEventType("tool.*")
	record Wild() {
	}

}
