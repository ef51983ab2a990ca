package io.telemetryrouter.agent;

import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.EventType;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for the vocabulary of agents.
 */
class VocabularyTests {

	private static final String SECRET = "4111-1111-1111-1111";

	@Test
	void whenPayloadClassIsAskedForItsNameThenItIsActivityAndOutcome() {
		List<String> names = Stream
			.of(AgentRun.class, ModelCall.class, ToolCall.class, Retrieval.class, Guardrail.class, Approval.class)
			.flatMap((activity) -> Stream.of(activity.getPermittedSubclasses()))
			.map((payload) -> EventType.of(payload).name())
			.toList();
		List<String> expected = new ArrayList<>();
		for (String activity : List.of("agent.run", "model.call", "tool.call", "retrieval", "guardrail", "approval")) {
			for (String outcome : List.of("started", "completed", "failed", "cancelled")) {
				expected.add(activity + "." + outcome);
			}
		}
		assertThat(names).containsExactlyInAnyOrderElementsOf(expected);
	}

	static Stream<Arguments> payloads() throws Exception {
		List<Arguments> payloads = new ArrayList<>();
		for (Class<?> activity : List.of(AgentRun.class, ModelCall.class, ToolCall.class, Retrieval.class,
				Guardrail.class, Approval.class)) {
			Object started = payload(Class.forName(activity.getName() + "$Started"), null);
			for (Class<?> type : activity.getPermittedSubclasses()) {
				payloads.add(arguments(activity, started, type.isInstance(started) ? started : payload(type, started)));
			}
		}
		return payloads.stream();
	}

	private static Object payload(Class<?> type, Object started) throws Exception {
		RecordComponent[] components = type.getRecordComponents();
		Class<?>[] types = Stream.of(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
		Object[] values = Stream.of(components).map((component) -> value(component, started)).toArray();
		return type.getDeclaredConstructor(types).newInstance(values);
	}

	private static Object value(RecordComponent component, Object started) {
		Class<?> type = component.getType();
		if (type.isInstance(started)) {
			return started;
		}
		if (type.isPrimitive()) {
			return Map.<Class<?>, Object>of(boolean.class, true, int.class, 1, long.class, 1L).get(type);
		}
		return Map
			.<Class<?>, Object>of(Run.class, Run.of("r1"), String.class, component.getName(), Duration.class,
					Duration.ZERO, Tokens.class, Tokens.NONE, List.class, List.of())
			.get(type);
	}

	@ParameterizedTest
	@MethodSource("payloads")
	void whenPayloadIsAskedWhatWasKnownAtTheStartThenItSaysTheSameAsTheStart(Class<?> activity, Object started,
			Object payload) throws Exception {
		for (Method method : activity.getMethods()) {
			Object expected = method.getName().equals("started") ? started
					: started.getClass().getMethod(method.getName()).invoke(started);
			assertThat(method.invoke(payload)).as(method.getName()).isNotNull().isEqualTo(expected);
		}
	}

	@Test
	void whenEventHasContentThenItsTextHasNone() {
		Content content = new Content(SECRET);
		ToolCall.Started started = new ToolCall.Started(Run.of("r1"), "c1", "pay", "function", content);
		ToolCall.Failed failed = new ToolCall.Failed(started, Duration.ofMillis(3),
				new Failure("java.io.IOException", content));
		assertThat(failed.toString()).contains("pay", "Content[length=19]").doesNotContain(SECRET);
		assertThat(failed.started().arguments()).isEqualTo(new Content(SECRET));
	}

	@Test
	void whenFailureIsMadeOfErrorThenItHasNoMessage() {
		assertThat(Failure.of(new IllegalStateException(SECRET)))
			.isEqualTo(new Failure("java.lang.IllegalStateException", null));
	}

	@Test
	void whenHandlerTakesActivityThenItGetsAllItsEvents() {
		List<ToolCall> calls = new ArrayList<>();
		ToolCall.Started started = new ToolCall.Started(Run.of("r1"), "c1", "pay", null, null);
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(HandlerSpec.onPayload(ToolCall.class).handler((name, call) -> calls.add(call)).build());
			router.emit(EventType.of(ToolCall.Started.class), started);
			router.emit(EventType.of(ToolCall.Cancelled.class), new ToolCall.Cancelled(started, Duration.ZERO));
		}
		assertThat(calls).extracting(ToolCall::tool).containsExactly("pay", "pay");
		assertThat(calls).extracting(ToolCall::run).containsOnly(Run.of("r1"));
	}

	@Test
	void whenTokensAreAddedThenDetailsThatOneLacksCountAsZero() {
		Tokens sum = new Tokens(10, 5, 4L, null, null).plus(new Tokens(1, 2, null, null, 1L));
		assertThat(sum).isEqualTo(new Tokens(11, 7, 4L, null, 1L));
		assertThat(sum.total()).isEqualTo(18);
	}

	@Test
	void whenOnlyTheIdOfARunIsKnownThenItIsItsOwnRoot() {
		assertThat(Run.of("r1")).isEqualTo(new Run("r1", null, "r1", null, null, null));
	}

	@Test
	void whenThereAreNoTokensThenThatIsANumberToo() {
		assertThat(new Tokens(0, 0, 0L, 0L, 0L).total()).isZero();
	}

	@ParameterizedTest
	@ValueSource(longs = { -1, Long.MIN_VALUE })
	void whenTokensAreNegativeThenTheyAreRefused(long negative) {
		assertThatIllegalArgumentException().isThrownBy(() -> new Tokens(negative, 0));
		assertThatIllegalArgumentException().isThrownBy(() -> new Tokens(0, negative));
		assertThatIllegalArgumentException().isThrownBy(() -> new Tokens(0, 0, negative, null, null));
	}

}
