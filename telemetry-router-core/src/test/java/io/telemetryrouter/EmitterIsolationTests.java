package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

/**
 * Rule 1: no handler can affect the emitter.
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

	@ParameterizedTest
	@MethodSource("io.telemetryrouter.Throwables#everyKindOfThrowable")
	void whenSyncHandlerThrowsThenNextHandlerRunsAndFailureIsCounted(Throwable error) {
		AtomicInteger next = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event").id("bad").handler(Throwables.throwing(error)).build());
		this.router.subscribe(HandlerSpec.on("event")
			.id("bad envelope")
			.eventHandler((event) -> Throwables.sneakyThrow(error))
			.build());
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

	@ParameterizedTest
	@MethodSource("io.telemetryrouter.Throwables#everyKindOfThrowable")
	void whenUnmeasuredHandlersThrowThenNextHandlerRunsAndFailureIsCounted(Throwable error) {
		AtomicInteger next = new AtomicInteger();
		try (TelemetryRouter unmeasured = TelemetryRouter.builder().measureLatency(false).build()) {
			unmeasured.subscribe(HandlerSpec.on("event").id("bad").handler(Throwables.throwing(error)).build());
			unmeasured
				.subscribe(HandlerSpec.on("event").id("bad lane").async().handler(Throwables.throwing(error)).build());
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
	@MethodSource("io.telemetryrouter.Throwables#everyKindOfThrowable")
	void whenAsyncHandlerThrowsThenItsLaneGoesOn(Throwable error) {
		List<Object> handled = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("event").id("lane").async().handler((name, payload) -> {
			if (payload.equals(1)) {
				Throwables.sneakyThrow(error);
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
	@MethodSource("io.telemetryrouter.Throwables#everyKindOfThrowable")
	void whenConditionThrowsThenEventCountsAsConditionFailedAndNextHandlerRuns(Throwable error) {
		AtomicInteger calls = new AtomicInteger();
		AtomicInteger next = new AtomicInteger();
		for (HandlerMode mode : HandlerMode.values()) {
			this.router.subscribe(HandlerSpec.on("event")
				.id(mode.name())
				.mode(mode)
				.condition((event) -> Throwables.<RuntimeException, Boolean>sneak(error))
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
		this.router
			.subscribe(HandlerSpec.on("event").id("bad").handler(Throwables.throwing(new Exception("bad"))).build());
		this.router.emit("event", payload);
		Books.result(this.router.emitAsync("event", payload));
		Books.balanced(this.router);
		assertThat(this.router.snapshot().toString()).isNotEmpty();
		assertThat(received).hasSize(2).allMatch((value) -> value == payload);
		assertThat(payload.calls).hasValue(0);
		assertThat(Books.dropped(Books.of(this.router, "typed"), DropReason.TYPE_MISMATCH)).isEqualTo(2);
		assertThat(this.log.lines("Handler 'typed' takes payloads of type java.lang.String")).hasSize(1);
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
		this.router
			.subscribe(HandlerSpec.on("event").id("bad").handler(Throwables.throwing(new Exception("bad"))).build());
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

}
