package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongConsumer;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Rule 1: the emitter is untouchable.
 */
class EmitterIsolationTests {

	private final ManualTime time = new ManualTime();

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = this.time.router().build();
	}

	@AfterEach
	void close() {
		// Clears the interrupt of a test that failed.
		Thread.interrupted();
		this.router.close();
		this.log.close();
	}

	static Stream<Throwable> everyKindOfThrowable() {
		Exception ring = new IllegalStateException("ring");
		ring.initCause(new IllegalStateException(ring));
		return Stream.of(new Exception("checked"), new IllegalStateException("unchecked"), new Throwable("bare"),
				new AssertionError("error"), new StackOverflowError("thrown"), new NoClassDefFoundError("linkage"),
				new ExceptionInInitializerError("linkage"), new OutOfMemoryError("thrown"),
				new InternalError("machine"), new ThreadDeathLike(), new Unprintable(), new UnprintableError(),
				new NoStackTrace(), ring, new InterruptedException("flag"));
	}

	@ParameterizedTest
	@MethodSource("everyKindOfThrowable")
	void whenSyncHandlerThrowsThenNextHandlerRunsAndFailureIsCounted(Throwable error) {
		AtomicInteger next = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event").id("bad").handler(throwing(error)).build());
		this.router
			.subscribe(HandlerSpec.on("event").id("bad envelope").eventHandler((event) -> sneakyThrow(error)).build());
		this.router
			.subscribe(HandlerSpec.on("event").id("next").handler((name, payload) -> next.incrementAndGet()).build());
		assertThatNoException().isThrownBy(() -> this.router.emit("event", null));
		assertThat(Thread.interrupted()).isEqualTo(error instanceof InterruptedException);
		assertThat(next).hasValue(1);
		assertThat(Books.of(this.router, "bad").failed()).isOne();
		assertThat(Books.of(this.router, "bad").handled()).isZero();
		assertThat(Books.of(this.router, "bad envelope").failed()).isOne();
		assertThat(Books.of(this.router, "next").handled()).isOne();
		FailureSnapshot failure = this.router.handlerSnapshot("bad").lastFailure();
		assertThat(failure.type()).isEqualTo(error.getClass().getName());
		assertThat(failure.at()).isEqualTo(this.time.instant());
		Books.balanced(this.router);
	}

	@Test
	void whenMessageIsVeryLongThenItsBeginningIsKept() {
		this.router.subscribe(HandlerSpec.on("event").id("long").handler((name, payload) -> {
			throw new IllegalStateException("x".repeat((int) payload));
		}).build());
		this.router.emit("event", 500);
		assertThat(this.router.handlerSnapshot("long").lastFailure().message()).isEqualTo("x".repeat(500));
		this.router.emit("event", 501);
		assertThat(this.router.handlerSnapshot("long").lastFailure().message()).isEqualTo("x".repeat(500) + "\u2026");
	}

	@Test
	void whenMessageCannotBeReadThenFailureHasNone() {
		this.router.subscribe(HandlerSpec.on("event").id("mute").handler((name, payload) -> {
			throw new IllegalStateException() {

				@Override
				public String getMessage() {
					throw new IllegalArgumentException();
				}

			};
		}).build());
		this.router.emit("event", null);
		assertThat(this.router.handlerSnapshot("mute").lastFailure().message()).isNull();
		assertThat(Books.of(this.router, "mute").failed()).isOne();
	}

	@ParameterizedTest
	@MethodSource("everyKindOfThrowable")
	void whenUnmeasuredHandlersThrowThenNextHandlerRunsAndFailureIsCounted(Throwable error) {
		AtomicInteger next = new AtomicInteger();
		try (TelemetryRouter unmeasured = TelemetryRouter.builder().measureLatency(false).build()) {
			unmeasured.subscribe(HandlerSpec.on("event").id("bad").handler(throwing(error)).build());
			unmeasured.subscribe(HandlerSpec.on("event").id("bad lane").async().handler(throwing(error)).build());
			unmeasured.subscribe("event", (name, payload) -> next.incrementAndGet());
			unmeasured.emit("event", null);
			assertThat(Thread.interrupted()).isEqualTo(error instanceof InterruptedException);
			assertThat(next).hasValue(1);
			RouterSnapshot snapshot = Books.balanced(unmeasured);
			assertThat(snapshot.handlers().get("bad").account().failed()).isOne();
			assertThat(snapshot.handlers().get("bad lane").account().failed()).isOne();
			assertThat(Books.total(snapshot).handled()).isOne();
		}
	}

	@ParameterizedTest
	@MethodSource("everyKindOfThrowable")
	void whenAsyncHandlerThrowsThenItsLaneGoesOn(Throwable error) {
		List<Object> handled = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("event").id("lane").async().handler((name, payload) -> {
			if (payload.equals(1)) {
				sneakyThrow(error);
			}
			handled.add(payload);
		}).build());
		this.router.emit("event", 1);
		this.router.emit("event", 2);
		Books.balanced(this.router);
		assertThat(handled).containsExactly(2);
		assertThat(Books.of(this.router, "lane").failed()).isOne();
		assertThat(Books.of(this.router, "lane").handled()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerOverflowsItsStackThenNextEventIsHandled(HandlerMode mode) {
		this.router.subscribe(HandlerSpec.on("event").id("deep").mode(mode).handler((name, payload) -> {
			if (payload.equals("deep")) {
				recurse(0);
			}
		}).build());
		this.router.emit("event", "deep");
		this.router.emit("event", "flat");
		Books.balanced(this.router);
		assertThat(Books.of(this.router, "deep").failed()).isOne();
		assertThat(Books.of(this.router, "deep").handled()).isOne();
		assertThat(this.router.handlerSnapshot("deep").lastFailure().type())
			.isEqualTo(StackOverflowError.class.getName());
	}

	@RepeatedTest(5)
	void whenCallerOverflowsItsStackWhileEmittingThenItsLaterEventsAreHandled() throws InterruptedException {
		try (TelemetryRouter plain = TelemetryRouter.builder()
			.maxNestedEmits(1)
			.slowThreshold(Duration.ofDays(1))
			.build()) {
			plain.subscribe("deep", (name, payload) -> {
			});
			plain.subscribe(HandlerSpec.on("flat").id("flat").handler((name, payload) -> {
			}).build());
			// A small stack, so that it is soon full.
			Thread caller = new Thread(null, () -> {
				for (int i = 0; i < 20; i++) {
					try {
						emitDeeper(plain, 0);
					}
					catch (StackOverflowError ex) {
						plain.emit("flat", i);
					}
				}
			}, "caller", 200_000);
			caller.start();
			caller.join(Books.LIMIT.toMillis());
			assertThat(Books.of(plain, "flat").handled()).isEqualTo(20);
		}
	}

	@ParameterizedTest
	@EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "DROP_OLDEST")
	void whenCallersHaveNextToNoStackLeftThenNothingIsUncounted(OverflowPolicy overflow) throws InterruptedException {
		int inSteadyUse = 2000;
		for (boolean measured : new boolean[] { true, false }) {
			AtomicInteger returned = new AtomicInteger();
			try (TelemetryRouter plain = TelemetryRouter.builder()
				.measureLatency(measured)
				.overflow(overflow)
				.blockTimeout(Duration.ofMillis(1))
				.maxHandlerQueue(16)
				.build()) {
				if (overflow == OverflowPolicy.SPILL) {
					plain.subscribe(new MemoryRecorder().sync());
				}
				for (HandlerMode mode : HandlerMode.values()) {
					for (int i = 0; i < 3; i++) {
						plain.subscribe(HandlerSpec.on("**").id(mode.name() + i).mode(mode).handler((name, payload) -> {
						}).build());
					}
				}
				// They leave at the bottom one after the other, which replaces the route.
				for (int i = 1; i < 20; i++) {
					plain.subscribe(HandlerSpec.on("**")
						.id("leaves " + i)
						.mode((i % 2 == 0) ? HandlerMode.SYNC : HandlerMode.ASYNC)
						.priority(-i)
						.times(inSteadyUse + i)
						.handler((name, payload) -> {
						})
						.build());
				}
				for (int i = 0; i < inSteadyUse; i++) {
					plain.emit("event", null);
				}
				Thread caller = new Thread(null, () -> emitAtTheBottom(plain, returned), "caller", 400_000);
				caller.start();
				caller.join(Books.LIMIT.toMillis());
				plain.emit("last", null);
				Books.balanced(plain);
				assertThat(plain.snapshot().handlers().keySet()).noneMatch((id) -> id.startsWith("leaves"));
				for (HandlerSnapshot handler : plain.snapshot().handlers().values()) {
					// Whoever was told that it was not emitted may have it counted or
					// not.
					assertThat(handler.account().offered()).isGreaterThan(inSteadyUse + returned.get());
				}
			}
			assertThat(returned).hasPositiveValue();
		}
	}

	@SuppressWarnings("InfiniteRecursion")
	private static void emitAtTheBottom(TelemetryRouter router, AtomicInteger returned) {
		try {
			emitAtTheBottom(router, returned);
		}
		catch (StackOverflowError ex) {
			// The bottom
		}
		if (returned.getPlain() < 300) {
			router.emit("event", returned);
			returned.setPlain(returned.getPlain() + 1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 3, 4 })
	void whenClockFailsInTheMidstOfAnEmitThenHandlersItDoesNotReachCountIt(int read) {
		AtomicInteger reads = new AtomicInteger(Integer.MIN_VALUE);
		Thread emitter = Thread.currentThread();
		TelemetryRouterBuilder builder = TelemetryRouter.builder().nanoTime(() -> {
			if (Thread.currentThread() == emitter && reads.incrementAndGet() >= read) {
				throw new IllegalStateException("no time");
			}
			return 0;
		});
		try (TelemetryRouter timeless = builder.build()) {
			for (HandlerMode mode : HandlerMode.values()) {
				for (int i = 0; i < 2; i++) {
					timeless
						.subscribe(HandlerSpec.on("event").id(mode.name() + i).mode(mode).handler((name, payload) -> {
						}).build());
				}
			}
			for (int i = 0; i < 3; i++) {
				timeless.emit("event", i);
			}
			Books.balanced(timeless);
			reads.set(0);
			assertThatIllegalStateException().isThrownBy(() -> timeless.emit("event", "first"));
			assertThatIllegalStateException().isThrownBy(() -> timeless.emit("event", "second"));
			reads.set(Integer.MIN_VALUE);
			timeless.emit("event", 3);
			Books.balanced(timeless);
			for (HandlerSnapshot handler : timeless.snapshot().handlers().values()) {
				assertThat(handler.account().offered()).isEqualTo(6);
			}
			assertThat(Books.of(timeless, "SYNC1").failed()).isEqualTo(2);
		}
	}

	@ParameterizedTest
	@MethodSource("everyKindOfThrowable")
	void whenConditionThrowsThenEventCountsAsConditionFailedAndNextHandlerRuns(Throwable error) {
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger next = new AtomicInteger();
		for (HandlerMode mode : HandlerMode.values()) {
			this.router.subscribe(HandlerSpec.on("event")
				.id(mode.name())
				.mode(mode)
				.condition((event) -> EmitterIsolationTests.<RuntimeException, Boolean>sneak(error))
				.handler((name, payload) -> calls.incrementAndGet())
				.build());
		}
		this.router.subscribe("event", (name, payload) -> next.incrementAndGet());
		this.router.emit("event", null);
		assertThat(Thread.interrupted()).isEqualTo(error instanceof InterruptedException);
		Books.balanced(this.router);
		assertThat(calls).hasValue(0);
		assertThat(next).hasValue(1);
		for (HandlerMode mode : HandlerMode.values()) {
			HandlerAccount account = Books.of(this.router, mode.name());
			assertThat(account.dropped()).containsEntry(DropReason.CONDITION_FAILED, 1L);
			assertThat(account.failed()).isZero();
		}
	}

	@ParameterizedTest
	@MethodSource("everyKindOfThrowable")
	void whenErrorListenerThrowsThenNextListenerAndNextHandlerRun(Throwable error) {
		List<HandlerFailure> failures = new ArrayList<>();
		AtomicInteger next = new AtomicInteger();
		IllegalStateException cause = new IllegalStateException("cause");
		try (TelemetryRouter guarded = this.time.router()
			.errorListener((failure) -> sneakyThrow(error))
			.errorListener(failures::add)
			.build()) {
			guarded.subscribe(HandlerSpec.on("event").id("bad").handler(throwing(cause)).build());
			guarded.subscribe("event", (name, payload) -> next.incrementAndGet());
			guarded.emit("event", null);
			assertThat(Thread.interrupted()).isEqualTo(error instanceof InterruptedException);
			assertThat(next).hasValue(1);
			assertThat(failures).containsExactly(new HandlerFailure("bad", "event", cause, null));
			assertThat(Books.of(guarded, "bad").failed()).isOne();
			assertThat(this.log.lines("Error listener failed")).hasSize(1);
			assertThat(this.log.lines("Handler 'bad' failed on event 'event'")).hasSize(1);
		}
	}

	@ParameterizedTest
	@MethodSource("everyKindOfThrowable")
	void whenContextCarrierThrowsThenEventIsHandledAllTheSame(Throwable error) {
		for (String step : List.of("capture", "restore", "close")) {
			AtomicInteger handled = new AtomicInteger();
			try (TelemetryRouter carrying = this.time.router().contextCarrier(new BrokenCarrier(step, error)).build()) {
				carrying.subscribe(
						HandlerSpec.on("event").async().handler((name, payload) -> handled.incrementAndGet()).build());
				carrying.subscribe("event", (name, payload) -> handled.incrementAndGet());
				carrying.emit("event", null);
				boolean interrupted = Thread.interrupted();
				assertThat(interrupted).isEqualTo(step.equals("capture") && error instanceof InterruptedException);
				Books.balanced(carrying);
				assertThat(handled).as(step).hasValue(2);
			}
		}
		assertThat(this.log.lines("Context carrier failed")).hasSize(3);
	}

	@Test
	void whenContextCarrierRestoresNothingThenEventIsHandled() {
		AtomicInteger handled = new AtomicInteger();
		try (TelemetryRouter carrying = this.time.router().contextCarrier(new BrokenCarrier("nothing", null)).build()) {
			carrying.subscribe(HandlerSpec.on("event")
				.id("restored")
				.async()
				.handler((name, payload) -> handled.incrementAndGet())
				.build());
			carrying.emit("event", null);
			assertThat(Books.total(Books.balanced(carrying)).handled()).isOne();
		}
		assertThat(handled).hasValue(1);
		assertThat(this.log.lines("'restored'")).isEmpty();
		assertThat(this.log.lines("Context carrier failed")).isEmpty();
	}

	@ParameterizedTest
	@MethodSource("everyKindOfThrowable")
	void whenRouterListenerThrowsThenEmitAndSubscribeGoOn(Throwable error) {
		AtomicInteger handled = new AtomicInteger();
		this.router.addListener(new BrokenListener(error, false));
		this.router.addListener(new BrokenListener(error, true));
		assertThatNoException().isThrownBy(() -> {
			Subscription subscription = this.router.subscribe("**", (name, payload) -> handled.incrementAndGet());
			this.router.emit("first", null);
			this.router.emit("first", null);
			subscription.close();
		});
		assertThat(Thread.interrupted()).isEqualTo(error instanceof InterruptedException);
		assertThat(handled).hasValue(2);
		assertThat(this.log.lines("Router listener failed")).hasSize(1);
	}

	@Test
	void whenPayloadThrowsFromItsOwnMethodsThenTheyAreNeverCalled() {
		Hostile payload = new Hostile();
		List<Object> received = new ArrayList<>();
		this.router.subscribe("event", (name, value) -> received.add(value));
		this.router.subscribe(HandlerSpec.on("event")
			.async()
			.eventHandler((event) -> assertThat(event.toString()).isNotEmpty())
			.build());
		this.router.subscribe(HandlerSpec.on("event").payloadType(String.class).id("typed").handler((name, value) -> {
		}).build());
		this.router.subscribe(HandlerSpec.on("event").id("bad").handler(throwing(new Exception("bad"))).build());
		this.router.emit("event", payload);
		this.router.emitAsync("event", payload).join();
		Books.balanced(this.router);
		assertThat(this.router.snapshot().toString()).isNotEmpty();
		assertThat(received).hasSize(2).allMatch((value) -> value == payload);
		assertThat(payload.calls).hasValue(0);
		assertThat(Books.dropped(Books.of(this.router, "typed"), DropReason.TYPE_MISMATCH)).isEqualTo(2);
		assertThat(this.log.lines("Handler 'typed' takes payloads of type java.lang.String")).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerKeepsFailingThenOneLineAMinuteCountsTheRest(HandlerMode mode) {
		this.router.close();
		this.router = this.time.router().quarantine(QuarantineSettings.disabled()).build();
		this.router.subscribe(HandlerSpec.on("event")
			.id("bad")
			.mode(mode)
			.handler(throwing(new IllegalStateException("boom")))
			.build());
		emitAndWait(1000);
		assertThat(this.log.lines("'bad' failed")).containsExactly("Handler 'bad' failed on event 'event'");
		assertThat(this.log.records("'bad' failed").get(0).getLevel()).isEqualTo(Level.WARNING);
		assertThat(this.log.records("'bad' failed").get(0).getThrown()).hasMessage("boom");
		this.time.advance(Duration.ofSeconds(59));
		emitAndWait(10);
		assertThat(this.log.lines("'bad' failed")).hasSize(1);
		this.time.advance(Duration.ofSeconds(1));
		emitAndWait(1);
		assertThat(this.log.lines("'bad' failed")).hasSize(2);
		assertThat(this.log.lines("'bad' failed").get(1)).contains("1009 more");
		this.time.advance(Duration.ofMinutes(5));
		emitAndWait(1);
		assertThat(this.log.lines("'bad' failed").get(2)).doesNotContain("more");
		assertThat(Books.of(this.router, "bad").failed()).isEqualTo(1012);
	}

	private void emitAndWait(int count) {
		for (int i = 0; i < count; i++) {
			this.router.emit("event", i);
		}
		Books.balanced(this.router);
	}

	@Test
	void whenTwoHandlersFailThenEachHasItsOwnLine() {
		this.router.subscribe(HandlerSpec.on("event").id("one").handler(throwing(new Exception("1"))).build());
		this.router.subscribe(HandlerSpec.on("event").id("two").handler(throwing(new Exception("2"))).build());
		emitAndWait(5);
		assertThat(this.log.lines("'one' failed")).hasSize(1);
		assertThat(this.log.lines("'two' failed")).hasSize(1);
	}

	@Test
	void whenCallbackKeepsFailingThenOneLineAMinuteCountsTheRest() {
		try (TelemetryRouter guarded = this.time.router()
			.quarantine(QuarantineSettings.disabled())
			.errorListener((failure) -> {
				throw new IllegalStateException("listener");
			})
			.build()) {
			guarded.subscribe("event", throwing(new Exception("bad")));
			for (int i = 0; i < 100; i++) {
				guarded.emit("event", null);
			}
			assertThat(this.log.lines("Error listener failed")).hasSize(1);
			this.time.advance(Duration.ofMinutes(1));
			guarded.emit("event", null);
			assertThat(this.log.lines("Error listener failed")).hasSize(2);
			assertThat(this.log.lines("Error listener failed").get(1)).contains("99 more");
		}
	}

	@Test
	void whenExceptionCannotBePrintedThenItsTypeIsLogged() {
		this.router.subscribe(HandlerSpec.on("event").id("bad").handler(throwing(new Unprintable())).build());
		this.router.emit("event", null);
		assertThat(this.log.lines("'bad' failed")).singleElement().asString().contains(Unprintable.class.getName());
	}

	@Test
	void whenLogItselfThrowsThenEmitReturns() {
		Logger logger = Logger.getLogger("io.telemetryrouter.TelemetryRouter");
		java.util.logging.Handler broken = new java.util.logging.Handler() {

			@Override
			public void publish(LogRecord logged) {
				throw new NoClassDefFoundError("appender");
			}

			@Override
			public void flush() {
			}

			@Override
			public void close() {
			}

		};
		AtomicInteger next = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event").id("bad").handler(throwing(new Exception("bad"))).build());
		this.router.subscribe("event", (name, payload) -> next.incrementAndGet());
		logger.addHandler(broken);
		try {
			assertThatNoException().isThrownBy(() -> this.router.emit("event", null));
		}
		finally {
			logger.removeHandler(broken);
		}
		assertThat(next).hasValue(1);
		assertThat(Books.of(this.router, "bad").failed()).isOne();
	}

	@Test
	void whenHandlerIdAndEventAreUnprintableThenLogLineIsOneLine() {
		this.router.subscribe(HandlerSpec.on("**").id("bad\nid").handler(throwing(new Exception("bad"))).build());
		this.router.emit("ev\r\nent", null);
		assertThat(this.log.lines("failed on event")).singleElement()
			.asString()
			.doesNotContain("\n", "\r")
			.contains("bad\uFFFDid", "ev\uFFFD\uFFFDent");
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "\t\n" })
	void whenEventNameIsNullOrBlankThenCallerIsToldAtOnce(@Nullable String name) {
		AtomicInteger calls = new AtomicInteger();
		this.router.subscribeAll((event, payload) -> calls.incrementAndGet());
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.emit(name, "payload"))
			.withMessageContaining("name");
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.emitAsync(name, "payload"));
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.hasHandlers(name));
		assertThat(calls).hasValue(0);
		assertThat(this.router.snapshot().events()).isEmpty();
	}

	@Test
	void whenEventTypeIsNullThenCallerIsToldAtOnce() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.emit((EventType<String>) null, "payload"));
	}

	@Test
	void whenHandlerInterruptsThreadThenInterruptIsStillSetAfterEmit() {
		AtomicReference<@Nullable Boolean> seen = new AtomicReference<>();
		this.router.subscribe("event", (name, payload) -> Thread.currentThread().interrupt());
		this.router.subscribe("event", (name, payload) -> seen.set(Thread.currentThread().isInterrupted()));
		this.router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
		}).build());
		this.router.emit("event", null);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(seen).hasValue(true);
	}

	@Test
	void whenHandlerIsInterruptedWhileItWaitsThenInterruptIsStillSetAfterEmit() {
		CountDownLatch never = new CountDownLatch(1);
		this.router.subscribe("event", (name, payload) -> never.await());
		Thread.currentThread().interrupt();
		this.router.emit("event", null);
		assertThat(Thread.interrupted()).isTrue();
	}

	@Test
	void whenEmitterIsInterruptedAlreadyThenItStaysSo() {
		this.router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
		}).build());
		Thread.currentThread().interrupt();
		this.router.emit("event", null);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("event", null);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(outcome.join().handled()).isOne();
	}

	@Test
	void whenAsyncHandlerInterruptsItsThreadThenNextEventIsNotHit() {
		List<Boolean> interrupted = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
			interrupted.add(Thread.currentThread().isInterrupted());
			Thread.currentThread().interrupt();
		}).build());
		emitAndWait(3);
		assertThat(interrupted).containsExactly(false, false, false);
	}

	@Test
	void whenErrorListenerFailsOnLaneThenLaneGoesOn() {
		try (TelemetryRouter guarded = this.time.router().errorListener((failure) -> {
			throw new StackOverflowError();
		}).build()) {
			guarded
				.subscribe(HandlerSpec.on("event").id("lane").async().handler(throwing(new Exception("bad"))).build());
			guarded.emit("event", 1);
			guarded.emit("event", 2);
			Books.eventually(() -> Books.of(guarded, "lane").failed() == 2);
		}
	}

	@SuppressWarnings("InfiniteRecursion")
	private static void emitDeeper(TelemetryRouter router, int level) {
		try {
			router.emit("deep", level);
		}
		catch (StackOverflowError ex) {
			throw ex;
		}
		emitDeeper(router, level + 1);
	}

	@SuppressWarnings("InfiniteRecursion")
	private static int recurse(int level) {
		return recurse(level + 1) + 1;
	}

	private static PayloadHandler<Object> throwing(Throwable error) {
		return (name, payload) -> sneakyThrow(error);
	}

	private static void sneakyThrow(Throwable error) {
		EmitterIsolationTests.<RuntimeException, Object>sneak(error);
	}

	@SuppressWarnings("unchecked")
	private static <E extends Throwable, V> V sneak(Throwable error) throws E {
		throw (E) error;
	}

	private static final class ThreadDeathLike extends Error {

	}

	private static final class Unprintable extends RuntimeException {

		@Override
		public String getMessage() {
			throw new IllegalStateException("message");
		}

		@Override
		public String toString() {
			throw new IllegalStateException("text");
		}

	}

	private static final class UnprintableError extends Error {

		@Override
		public String getMessage() {
			throw new StackOverflowError();
		}

		@Override
		public String toString() {
			throw new StackOverflowError();
		}

	}

	private static final class NoStackTrace extends RuntimeException {

		NoStackTrace() {
			super(null, null, false, false);
		}

	}

	private static final class Hostile {

		private final AtomicInteger calls = new AtomicInteger();

		@Override
		public boolean equals(Object other) {
			this.calls.incrementAndGet();
			throw new IllegalStateException("equals");
		}

		@Override
		public int hashCode() {
			this.calls.incrementAndGet();
			throw new IllegalStateException("hashCode");
		}

		@Override
		public String toString() {
			this.calls.incrementAndGet();
			throw new IllegalStateException("toString");
		}

	}

	private record BrokenCarrier(String step, @Nullable Throwable error) implements ContextCarrier {

		@Override
		public Object capture() {
			fail("capture");
			return "context";
		}

		@Override
		public @Nullable Scope restore(Object context) {
			fail("restore");
			return (this.error != null) ? () -> fail("close") : null;
		}

		private void fail(String where) {
			if (this.error != null && where.equals(this.step)) {
				sneakyThrow(this.error);
			}
		}

	}

	private record BrokenListener(Throwable error, boolean onlyRecorder) implements RouterListener {

		@Override
		public void handlerAdded(String handlerId) {
			fail();
		}

		@Override
		public void handlerRemoved(String handlerId) {
			fail();
		}

		@Override
		public @Nullable LongConsumer eventAdded(String event) {
			fail();
			return (nanos) -> sneakyThrow(this.error);
		}

		@Override
		public void eventRemoved(String event) {
			fail();
		}

		private void fail() {
			if (!this.onlyRecorder) {
				sneakyThrow(this.error);
			}
		}

	}

}
