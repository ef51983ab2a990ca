package io.telemetryrouter;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.telemetryrouter.HandlerSpec.Builder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class HandlerSpecTests {

	private static final PayloadHandler<Object> HANDLER = (event, payload) -> {
	};

	@Test
	void whenNothingIsSaidThenOptionsAreLeftToTheRouter() {
		HandlerSpec<Object> spec = HandlerSpec.on("a", "b.*").handler(HANDLER).build();
		assertThat(spec.patterns()).containsExactly(EventPattern.parse("a"), EventPattern.parse("b.*"));
		assertThat(spec.payloadType()).isEqualTo(Object.class);
		assertThat(spec.mode()).isEqualTo(HandlerMode.SYNC);
		assertThat(spec.times()).isZero();
		assertThat(spec.concurrency()).isOne();
		assertThat(spec.payloadHandler()).isSameAs(HANDLER);
		assertThat(spec.isAnyEvent()).isFalse();
		assertThat(spec.id()).isNull();
		assertThat(spec.priority()).isNull();
		assertThat(spec.maxQueue()).isNull();
		assertThat(spec.overflow()).isNull();
		assertThat(spec.condition()).isNull();
		assertThat(spec.slowThreshold()).isNull();
		assertThat(spec.owner()).isNull();
		assertThat(spec.source()).isNull();
		assertThat(spec.eventHandler()).isNull();
	}

	@Test
	void whenEverythingIsSaidThenSpecAndItsMutationHoldIt() {
		Predicate<TelemetryEvent<Object>> condition = (event) -> true;
		Object owner = new Object();
		HandlerSpec<Object> spec = HandlerSpec.on("a")
			.id("id")
			.priority(3)
			.async()
			.times(4)
			.maxQueue(5)
			.overflow(OverflowPolicy.BLOCK)
			.concurrency(6)
			.thread(LaneThread.PLATFORM)
			.condition(condition)
			.slowThreshold(Duration.ofSeconds(7))
			.owner(owner)
			.source("source")
			.handler(HANDLER)
			.build();
		for (HandlerSpec<Object> same : List.of(spec, spec.mutate().build())) {
			assertThat(same.patterns()).containsExactly(EventPattern.parse("a"));
			assertThat(same.id()).isEqualTo("id");
			assertThat(same.priority()).isEqualTo(3);
			assertThat(same.mode()).isEqualTo(HandlerMode.ASYNC);
			assertThat(same.times()).isEqualTo(4);
			assertThat(same.maxQueue()).isEqualTo(5);
			assertThat(same.overflow()).isEqualTo(OverflowPolicy.BLOCK);
			assertThat(same.concurrency()).isEqualTo(6);
			assertThat(same.thread()).isEqualTo(LaneThread.PLATFORM);
			assertThat(same.condition()).isSameAs(condition);
			assertThat(same.slowThreshold()).isEqualTo(Duration.ofSeconds(7));
			assertThat(same.owner()).isSameAs(owner);
			assertThat(same.source()).isEqualTo("source");
			assertThat(same.payloadHandler()).isSameAs(HANDLER);
		}
	}

	@Test
	void whenTypeIsNarrowedThenOptionsSoFarAreKept() {
		HandlerSpec<String> spec = HandlerSpec.on("a")
			.id("id")
			.priority(3)
			.async()
			.once()
			.maxQueue(5)
			.overflow(OverflowPolicy.DROP_OLDEST)
			.concurrency(6)
			.thread(LaneThread.PLATFORM)
			.slowThreshold(Duration.ofSeconds(7))
			.source("source")
			.payloadType(String.class)
			.handler((event, payload) -> assertThat(payload).isNotNull())
			.build();
		assertThat(spec.payloadType()).isEqualTo(String.class);
		assertThat(spec.id()).isEqualTo("id");
		assertThat(spec.priority()).isEqualTo(3);
		assertThat(spec.mode()).isEqualTo(HandlerMode.ASYNC);
		assertThat(spec.times()).isOne();
		assertThat(spec.maxQueue()).isEqualTo(5);
		assertThat(spec.overflow()).isEqualTo(OverflowPolicy.DROP_OLDEST);
		assertThat(spec.concurrency()).isEqualTo(6);
		assertThat(spec.thread()).isEqualTo(LaneThread.PLATFORM);
		assertThat(spec.slowThreshold()).isEqualTo(Duration.ofSeconds(7));
		assertThat(spec.source()).isEqualTo("source");
	}

	@Test
	void whenHandlerIsDurableThenAMutationKeepsItAndANarrowedTypeToo() {
		Builder<Object> options = HandlerSpec.on("a").id("id").async().overflow(OverflowPolicy.SPILL).durable(true);
		HandlerSpec<String> narrowed = options.payloadType(String.class)
			.handler((event, payload) -> assertThat(payload).isNotNull())
			.build();
		assertThat(narrowed.durable()).isTrue();
		assertThat(options.handler(HANDLER).build().mutate().build().durable()).isTrue();
	}

	@Test
	void whenHandlerIsTheRecorderThenAMutationKeepsIt() {
		EventRecorder recorder = new MemoryRecorder();
		HandlerSpec<Object> spec = HandlerSpec.on("**").recorder(recorder).build();
		assertThat(spec.recorder()).isSameAs(recorder);
		assertThat(spec.mutate().build().recorder()).isSameAs(recorder);
	}

	/**
	 * Found by reflection, so that no option is forgotten. The others exclude some of
	 * these, and are tested above.
	 */
	static Stream<Method> options() {
		Set<String> others = Set.of("payloadType", "isAnyEvent", "payloadHandler", "eventHandler", "recorder",
				"durable");
		return Stream.of(HandlerSpec.class.getDeclaredMethods())
			.filter((method) -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers())
					&& !Builder.class.equals(method.getReturnType()) && !others.contains(method.getName()));
	}

	@ParameterizedTest
	@MethodSource("options")
	void whenOptionIsSetThenAMutationKeepsItAndANarrowedTypeToo(Method option) throws Exception {
		Builder<Object> options = HandlerSpec.on("b")
			.id("id")
			.priority(3)
			.async()
			.times(4)
			.maxQueue(5)
			.overflow(OverflowPolicy.BLOCK)
			.concurrency(6)
			.gaps(true)
			.thread(LaneThread.PLATFORM)
			.slowThreshold(Duration.ofSeconds(7))
			.handlerTimeout(Duration.ofSeconds(8))
			.owner(new Object())
			.source("source")
			.run("run")
			.onFlush(() -> true)
			.replay(true);
		Object narrowed = option.invoke(options.payloadType(TelemetryGap.class)
			.handler((event, payload) -> assertThat(payload).isNotNull())
			.build());
		HandlerSpec<Object> spec = options.condition((event) -> true)
			.convert(Integer.class, (number) -> number)
			.handler(HANDLER)
			.build();
		Object value = option.invoke(spec);
		assertThat(value).isNotNull().isNotEqualTo(option.invoke(HandlerSpec.on("a").handler(HANDLER).build()));
		assertThat(option.invoke(spec.mutate().build())).isEqualTo(value);
		boolean ofPayloads = Set.of("condition", "conversion").contains(option.getName());
		assertThat(narrowed).isEqualTo(ofPayloads ? null : value);
	}

	@Test
	void whenTypeIsNarrowedTooLateThenCallerIsTold() {
		String message = "Give 'payloadType' before the handler, the condition and the conversion";
		assertThatIllegalStateException()
			.isThrownBy(() -> HandlerSpec.on("a").handler(HANDLER).payloadType(String.class))
			.withMessage(message);
		assertThatIllegalStateException()
			.isThrownBy(() -> HandlerSpec.on("a").condition((event) -> true).payloadType(String.class))
			.withMessage(message);
		assertThatIllegalStateException()
			.isThrownBy(() -> HandlerSpec.on("a").convert(Integer.class, String::valueOf).payloadType(String.class))
			.withMessage(message);
		assertThatIllegalStateException().isThrownBy(() -> HandlerSpec.on("a").eventHandler((event) -> {
		}).payloadType(String.class)).withMessage(message);
	}

	@Test
	void whenHandlerIsGivenTwiceThenTheLastCounts() {
		EventHandler<Object> eventHandler = (event) -> {
		};
		HandlerSpec<Object> spec = HandlerSpec.on("a").handler(HANDLER).eventHandler(eventHandler).build();
		assertThat(spec.payloadHandler()).isNull();
		assertThat(spec.eventHandler()).isSameAs(eventHandler);
		assertThat(spec.mutate().handler(HANDLER).build().eventHandler()).isNull();
	}

	@Test
	void whenSelectedByPayloadThenPatternIsEverything() {
		HandlerSpec<String> spec = HandlerSpec.onPayload(String.class).handler(HANDLER).build();
		assertThat(spec.isAnyEvent()).isTrue();
		assertThat(spec.patterns()).containsExactly(EventPattern.ALL);
		assertThat(spec.mutate().build().isAnyEvent()).isTrue();
	}

	@Test
	void whenTypeIsGivenThenNameAndPayloadTypeAreIts() {
		HandlerSpec<Integer> spec = HandlerSpec.on(EventType.of("cost", Integer.class)).handler(HANDLER).build();
		assertThat(spec.patterns()).containsExactly(EventPattern.parse("cost"));
		assertThat(spec.payloadType()).isEqualTo(Integer.class);
	}

	@Test
	void whenHandlerIsMissingThenMessageSaysWhatToCall() {
		assertThatIllegalStateException().isThrownBy(() -> HandlerSpec.on("a", "b.*").build())
			.withMessage("No handler given for [a, b.*]: call handler(...) or eventHandler(...)");
	}

	@Test
	void whenSynchronousHandlerIsGivenWhatOnlyQueuesHaveThenMessageNamesHandlerOptionAndFix() {
		assertThatIllegalStateException().isThrownBy(() -> HandlerSpec.on("a").maxQueue(5).handler(HANDLER).build())
			.withMessage("Handler of [a] is synchronous and has no queue, so 'maxQueue' would have no effect:"
					+ " call async(), or remove 'maxQueue'");
		assertThatIllegalStateException()
			.isThrownBy(
					() -> HandlerSpec.on("a").id("audit").overflow(OverflowPolicy.DROP_NEWEST).handler(HANDLER).build())
			.withMessageStartingWith("Handler 'audit' is synchronous and has no queue, so 'overflow' would");
		assertThatIllegalStateException().isThrownBy(() -> HandlerSpec.on("a").concurrency(2).handler(HANDLER).build())
			.withMessageContaining("so 'concurrency' would");
		assertThatIllegalStateException()
			.isThrownBy(() -> HandlerSpec.on("a").thread(LaneThread.PLATFORM).handler(HANDLER).build())
			.withMessageContaining("so 'thread' would");
		HandlerSpec<Object> async = HandlerSpec.on("a").async().maxQueue(5).handler(HANDLER).build();
		assertThatIllegalStateException().isThrownBy(() -> async.mutate().mode(HandlerMode.SYNC).build());
	}

	@Test
	void whenPatternsAreMissingOrWrongThenCallerIsTold() {
		assertThatIllegalArgumentException().isThrownBy(HandlerSpec::on)
			.withMessage("A handler needs at least one event name or pattern");
		assertThatIllegalArgumentException().isThrownBy(() -> HandlerSpec.on("a", null))
			.withMessage("Event name or pattern must not be null or blank");
		assertThatIllegalArgumentException().isThrownBy(() -> HandlerSpec.on("a", "b*")).withMessageContaining("'b*'");
		assertThatIllegalArgumentException().isThrownBy(() -> HandlerSpec.on((EventType<?>) null))
			.withMessage("Event type must not be null");
	}

	@Test
	void whenNumbersAreNotPositiveThenMessageNamesOptionAndValue() {
		HandlerSpec.Builder<Object> builder = HandlerSpec.on("a");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.times(0))
			.withMessage("'times' must be positive, but is 0");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.maxQueue(0))
			.withMessage("'maxQueue' must be positive, but is 0");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.concurrency(-1))
			.withMessage("'concurrency' must be positive, but is -1");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.slowThreshold(Duration.ZERO))
			.withMessage("'slowThreshold' must be positive, but is 0 ms");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.slowThreshold(Duration.ofMillis(-3)))
			.withMessage("'slowThreshold' must be positive, but is -3 ms");
	}

	@Test
	void whenOptionsAreNullOrBlankThenMessageNamesThem() {
		HandlerSpec.Builder<Object> builder = HandlerSpec.on("a");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.id(null)).withMessage("'id' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.id(" ")).withMessage("'id' must not be blank");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.mode(null))
			.withMessage("'mode' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.overflow(null))
			.withMessage("'overflow' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.condition(null))
			.withMessage("'condition' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.slowThreshold(null))
			.withMessage("'slowThreshold' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.owner(null))
			.withMessage("'owner' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.source(null))
			.withMessage("'source' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.handler(null))
			.withMessage("'handler' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> builder.eventHandler(null))
			.withMessage("'handler' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> HandlerSpec.onPayload(null))
			.withMessage("'payloadType' must not be null");
	}

	@Test
	void whenSubscribedThenSnapshotShowsTheOptions() {
		try (TelemetryRouter router = TelemetryRouter.builder()
			.maxHandlerQueue(17)
			.defaultPriority(18)
			.overflow(OverflowPolicy.DROP_OLDEST)
			.build()) {
			router.subscribe(HandlerSpec.on("a").id("open").async().handler(HANDLER).build());
			router.subscribe(HandlerSpec.on("a.*", "b")
				.id("given")
				.async()
				.times(2)
				.priority(-1)
				.maxQueue(3)
				.concurrency(4)
				.overflow(OverflowPolicy.BLOCK)
				.handler(HANDLER)
				.build());
			router.subscribe(HandlerSpec.on("a").id("sync").handler(HANDLER).build());
			HandlerSnapshot open = router.handlerSnapshot("open");
			assertThat(open.queueCapacity()).isEqualTo(17);
			assertThat(open.priority()).isEqualTo(18);
			assertThat(open.overflow()).isEqualTo(OverflowPolicy.DROP_OLDEST);
			assertThat(open.isOnce()).isFalse();
			assertThat(open.isWildcard()).isFalse();
			HandlerSnapshot given = router.handlerSnapshot("given");
			assertThat(given.patterns()).containsExactly("a.*", "b");
			assertThat(given.mode()).isEqualTo(HandlerMode.ASYNC);
			assertThat(given.times()).isEqualTo(2);
			assertThat(given.priority()).isEqualTo(-1);
			assertThat(given.queueCapacity()).isEqualTo(3);
			assertThat(given.concurrency()).isEqualTo(4);
			assertThat(given.overflow()).isEqualTo(OverflowPolicy.BLOCK);
			assertThat(given.isOnce()).isTrue();
			assertThat(given.isWildcard()).isTrue();
			assertThat(router.handlerSnapshot("sync").queueCapacity()).isZero();
			assertThat(router.handlerSnapshot("sync").mode()).isEqualTo(HandlerMode.SYNC);
			assertThat(router.snapshot().handlers().keySet()).containsExactly("open", "given", "sync");
			router.subscribe(HandlerSpec.on("*").id("first").handler(HANDLER).build());
			assertThat(router.handlerSnapshot("first").isWildcard()).isTrue();
		}
	}

}
