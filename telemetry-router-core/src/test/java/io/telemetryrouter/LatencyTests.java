package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class LatencyTests {

	/** What a percentile may be off by. */
	private static final Percentage TOLERANCE = Percentage.withPercentage(6.25);

	private final ManualTime time = new ManualTime();

	private TelemetryRouter router = this.time.router().slowThreshold(Duration.ofDays(1)).build();

	private CapturedLog log = new CapturedLog();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@Test
	void whenHandlerTakesTimeThenCountTotalAndMaximumAreExact() {
		subscribeSpending("spender");
		long total = 0;
		for (int micros = 1; micros <= 1000; micros++) {
			this.router.emit("x", Duration.ofNanos(micros * 1000L));
			total += micros * 1000L;
		}
		LatencySnapshot latency = this.router.handlerSnapshot("spender").latency();
		assertThat(latency.count()).isEqualTo(1000);
		assertThat(latency.totalNanos()).isEqualTo(total);
		assertThat(latency.meanNanos()).isEqualTo(total / 1000.0);
		assertThat(latency.maxNanos()).isEqualTo(1_000_000);
		assertThat(latency.p50Nanos()).isCloseTo(500_000L, TOLERANCE);
		assertThat(latency.p99Nanos()).isCloseTo(990_000L, TOLERANCE);
		assertThat(this.router.eventSnapshot("x").latency()).isEqualTo(latency);
	}

	@Test
	void whenEventIsInSteadyUseThenEveryCallIsSeenAtOnceAndMeasuredExactly() {
		subscribeSpending("spender");
		for (int i = 1; i <= 5000; i++) {
			this.router.emit("x", Duration.ofNanos(1));
			if (i > 4000 || i % 100 == 0) {
				assertThat(this.router.handlerSnapshot("spender").account().handled()).isEqualTo(i);
			}
		}
		this.router.emit("x", Duration.ofNanos(700));
		assertThat(this.router.handlerSnapshot("spender").latency().maxNanos()).isEqualTo(700);
		this.router.emit("x", Duration.ofNanos(800));
		this.router.resetMaxima("spender");
		assertThat(this.router.handlerSnapshot("spender").latency().maxNanos()).isZero();
		assertThat(this.router.eventSnapshot("x").latency().maxNanos()).isEqualTo(800);
		this.router.emit("x", Duration.ofNanos(3));
		this.router.resetMaxima();
		assertThat(this.router.eventSnapshot("x").latency().maxNanos()).isZero();
		this.router.emit("x", Duration.ofNanos(5));
		LatencySnapshot latency = this.router.handlerSnapshot("spender").latency();
		assertThat(latency.count()).isEqualTo(5004);
		assertThat(latency.totalNanos()).isEqualTo(5000 + 700 + 800 + 3 + 5);
		assertThat(latency.maxNanos()).isEqualTo(5);
	}

	@Test
	void whenOnlyTheEventIsReadThenItsLatestEmitsAreMeasured() {
		subscribeSpending("spender");
		for (int i = 1; i <= 400; i++) {
			this.router.emit("x", Duration.ofNanos(i));
			assertThat(this.router.eventSnapshot("x").latency().count()).isEqualTo(i);
			assertThat(this.router.eventSnapshot("x").latency().maxNanos()).isEqualTo(i);
		}
	}

	@Test
	void whenEventsAlternateInSteadyUseThenEachIsCountedAndMeasuredForItself() {
		for (String event : List.of("a", "b", "c")) {
			this.router.subscribe(HandlerSpec.on(event)
				.id("on " + event)
				.handler((name, payload) -> this.time.advance((Duration) payload))
				.build());
		}
		for (int i = 0; i < 3000; i++) {
			this.router.emit("a", Duration.ofNanos(1));
			this.router.emit("b", Duration.ofNanos(2));
			this.router.emit("b", Duration.ofNanos(2));
			if (i % 1000 == 999) {
				// Has the route of "b" replaced.
				this.router.subscribe("b", (event, payload) -> {
				});
			}
			this.router.emit("c", Duration.ofNanos(3));
		}
		assertMeasured("a", 3000, 3000);
		assertMeasured("b", 6000, 12_000);
		assertMeasured("c", 3000, 9000);
	}

	private void assertMeasured(String event, long count, long nanos) {
		HandlerSnapshot handler = this.router.handlerSnapshot("on " + event);
		assertThat(handler.account().offered()).isEqualTo(count);
		assertThat(handler.account().isBalanced()).isTrue();
		EventSnapshot snapshot = this.router.eventSnapshot(event);
		assertThat(snapshot.emitted()).isEqualTo(count);
		assertThat(List.of(handler.latency(), snapshot.latency())).allSatisfy((latency) -> {
			assertThat(latency.count()).isEqualTo(count);
			assertThat(latency.totalNanos()).isEqualTo(nanos);
		});
	}

	@Test
	void whenHandlerEmitsItsOwnEventOverAndOverThenEveryCallIsMeasuredOnce() {
		this.router.subscribe(HandlerSpec.on("x").id("before").handler((event, payload) -> {
		}).build());
		this.router.subscribe(HandlerSpec.on("x").id("nesting").handler((event, payload) -> {
			for (int i = 0; i < (int) payload; i++) {
				this.router.emit("x", 0);
			}
		}).build());
		this.router.subscribe(HandlerSpec.on("x")
			.id("after")
			.handler((event, payload) -> this.time.advance(Duration.ofNanos(1)))
			.build());
		for (int i = 0; i < 2000; i++) {
			this.router.emit("x", 0);
		}
		for (int i = 0; i < 20; i++) {
			// More than there is room to note.
			this.router.emit("x", 200);
		}
		for (String handler : List.of("before", "nesting", "after")) {
			HandlerSnapshot snapshot = this.router.handlerSnapshot(handler);
			assertThat(snapshot.account().isBalanced()).isTrue();
			assertThat(snapshot.account().handled()).isEqualTo(2000 + 20 * 201);
			assertThat(snapshot.latency().count()).isEqualTo(2000 + 20 * 201);
		}
		assertThat(this.router.handlerSnapshot("after").latency().totalNanos()).isEqualTo(2000 + 20 * 201);
		assertThat(this.router.eventSnapshot("x").latency().count()).isEqualTo(2000 + 20 * 201);
	}

	@Test
	void whenDurationsSpanMagnitudesThenPercentilesStayClose() {
		subscribeSpending("spender");
		for (long nanos = 100; nanos <= 1_000_000_000_000L; nanos *= 10) {
			this.router = this.time.router().slowThreshold(Duration.ofDays(1)).build();
			subscribeSpending("spender");
			this.router.emit("x", Duration.ofNanos(nanos));
			this.router.emit("x", Duration.ofNanos(nanos));
			this.router.emit("x", Duration.ofNanos(nanos * 3));
			LatencySnapshot latency = this.router.handlerSnapshot("spender").latency();
			assertThat(latency.p50Nanos()).isCloseTo(nanos, TOLERANCE);
			assertThat(latency.p99Nanos()).isCloseTo(nanos * 3, TOLERANCE).isLessThanOrEqualTo(latency.maxNanos());
		}
	}

	@Test
	void whenTimeGoesBackwardsOrForEverThenNumbersStaySane() {
		subscribeSpending("spender");
		this.router.emit("x", Duration.ofNanos(-5));
		assertThat(this.router.handlerSnapshot("spender").latency()).isEqualTo(new LatencySnapshot(1, 0, 0, 0, 0));
		this.router.emit("x", Duration.ofDays(1));
		this.router.emit("x", Duration.ofDays(1));
		LatencySnapshot latency = this.router.handlerSnapshot("spender").latency();
		assertThat(latency.count()).isEqualTo(3);
		assertThat(latency.maxNanos()).isEqualTo(Duration.ofDays(1).toNanos());
		assertThat(latency.p99Nanos()).isPositive().isLessThanOrEqualTo(latency.maxNanos());
	}

	@Test
	void whenNothingIsMeasuredThenLatencyIsEmpty() {
		subscribeSpending("spender");
		assertThat(this.router.handlerSnapshot("spender").latency()).isEqualTo(LatencySnapshot.EMPTY);
		assertThat(LatencySnapshot.EMPTY.meanNanos()).isZero();
		this.router = this.time.router().measureLatency(false).build();
		subscribeSpending("spender");
		this.router.emit("x", Duration.ofMillis(1));
		assertThat(this.router.handlerSnapshot("spender").latency()).isEqualTo(LatencySnapshot.EMPTY);
		assertThat(this.router.handlerSnapshot("spender").account().handled()).isOne();
		assertThat(this.router.eventSnapshot("x").latency()).isEqualTo(LatencySnapshot.EMPTY);
	}

	@Test
	void whenCallsFailThenTheirLatencyIsKeptApart() {
		this.router.subscribe(HandlerSpec.on("x").id("mixed").handler((event, payload) -> {
			this.time.advance((Duration) payload);
			if (payload.equals(Duration.ofMillis(2))) {
				throw new IllegalStateException("on purpose");
			}
		}).build());
		this.router.emit("x", Duration.ofMillis(1));
		this.router.emit("x", Duration.ofMillis(2));
		HandlerSnapshot snapshot = this.router.handlerSnapshot("mixed");
		assertThat(snapshot.latency().count()).isOne();
		assertThat(snapshot.latency().totalNanos()).isEqualTo(1_000_000);
		assertThat(snapshot.failedLatency().count()).isOne();
		assertThat(snapshot.failedLatency().totalNanos()).isEqualTo(2_000_000);
		assertThat(this.router.eventSnapshot("x").latency().totalNanos()).isEqualTo(3_000_000);
	}

	@Test
	void whenOnlyHandlerIsInSteadyUseThenItsCallsAreMeasuredByOutcomeAndEmitsAllAlike() {
		this.router.close();
		this.router = this.time.router()
			.slowThreshold(Duration.ofDays(1))
			.quarantine(QuarantineSettings.disabled())
			.build();
		this.router.subscribe(HandlerSpec.on("x").payloadType(Integer.class).id("only").handler((event, payload) -> {
			this.time.advance(Duration.ofNanos(payload));
			if (payload == 100) {
				throw new IllegalStateException("on purpose");
			}
			if (payload == 1000) {
				this.router.emit("x", 1);
				this.router.emit("x", 100);
				this.router.emit("x", "filtered");
			}
		}).build());
		int rounds = 3000;
		for (int i = 0; i < rounds; i++) {
			this.router.emit("x", 10);
			this.router.emit("x", 100);
			this.router.emit("x", "filtered");
			this.router.emit("x", 1000);
			if (i % 500 == 0) {
				assertMeasuredByOutcome(i + 1);
			}
		}
		assertMeasuredByOutcome(rounds);
		this.router.subscribe("x", (event, payload) -> {
		});
		assertMeasuredByOutcome(rounds);
	}

	@Test
	void whenOnlyHandlerWantsEnvelopesThenMakingThemIsOfTheEmitAndNotOfTheCall() {
		this.router.close();
		Thread emitter = Thread.currentThread();
		AtomicLong ticks = new AtomicLong();
		// Each look of the emitter at the clock is a nanosecond later than the last.
		this.router = TelemetryRouter.builder()
			.nanoTime(() -> (Thread.currentThread() == emitter) ? ticks.incrementAndGet() : ticks.get())
			.build();
		this.router.subscribe(HandlerSpec.on("enveloped").id("enveloped").eventHandler((event) -> {
		}).build());
		this.router.subscribe(HandlerSpec.on("plain").id("plain").handler((event, payload) -> {
		}).build());
		for (int i = 0; i < 3000; i++) {
			this.router.emit("enveloped", 1);
			this.router.emit("plain", 1);
		}
		assertThat(this.router.handlerSnapshot("enveloped").latency().totalNanos()).isEqualTo(3000);
		assertThat(this.router.eventSnapshot("enveloped").latency().totalNanos()).isEqualTo(6000);
		assertThat(this.router.handlerSnapshot("plain").latency().totalNanos()).isEqualTo(3000);
		assertThat(this.router.eventSnapshot("plain").latency().totalNanos()).isEqualTo(3000);
	}

	private void assertMeasuredByOutcome(int rounds) {
		HandlerSnapshot only = this.router.handlerSnapshot("only");
		assertThat(only.account().isBalanced()).isTrue();
		assertThat(only.account().handled()).isEqualTo(rounds * 3);
		assertThat(only.latency().count()).isEqualTo(rounds * 3);
		assertThat(only.latency().totalNanos()).isEqualTo(rounds * (10 + 1 + 1101));
		assertThat(only.failedLatency().count()).isEqualTo(rounds * 2);
		assertThat(only.failedLatency().totalNanos()).isEqualTo(rounds * 200);
		LatencySnapshot emits = this.router.eventSnapshot("x").latency();
		assertThat(emits.count()).isEqualTo(this.router.eventSnapshot("x").emitted()).isEqualTo(rounds * 7);
		assertThat(emits.totalNanos()).isEqualTo(rounds * (10 + 100 + 1 + 100 + 1101));
		assertThat(emits.maxNanos()).isEqualTo(1101);
	}

	@Test
	void whenCallFailsInNoTimeThenItIsMeasuredToo() {
		this.router.subscribe(HandlerSpec.on("x").id("failing").handler((event, payload) -> {
			throw new IllegalStateException();
		}).build());
		this.router.emit("x", 1);
		assertThat(this.router.handlerSnapshot("failing").failedLatency().count()).isOne();
	}

	@Test
	void whenMaximaAreResetThenThoseOfFailuresAndOfWaitingBeginAnewToo() {
		this.router.subscribe(HandlerSpec.on("x").id("lane").async().handler((event, payload) -> {
			this.time.advance(Duration.ofMillis(2));
			if (payload.equals(1)) {
				throw new IllegalStateException("expected");
			}
		}).build());
		this.router.pause("lane");
		this.router.emit("x", 1);
		this.router.emit("x", 2);
		this.time.advance(Duration.ofSeconds(3));
		this.router.resume("lane");
		Books.balanced(this.router);
		HandlerSnapshot before = this.router.handlerSnapshot("lane");
		assertThat(before.latency().maxNanos()).isEqualTo(2_000_000);
		assertThat(before.failedLatency().maxNanos()).isEqualTo(2_000_000);
		assertThat(before.queueWait().maxNanos()).isEqualTo(3_002_000_000L);
		assertThat(this.router.resetMaxima("lane")).isTrue();
		HandlerSnapshot after = this.router.handlerSnapshot("lane");
		assertThat(after.latency().maxNanos()).isZero();
		assertThat(after.failedLatency().maxNanos()).isZero();
		assertThat(after.queueWait().maxNanos()).isZero();
		assertThat(after.latency().count() + after.failedLatency().count()).isEqualTo(after.queueWait().count())
			.isEqualTo(2);
	}

	private void subscribeSpending(String id) {
		this.router.subscribe(
				HandlerSpec.on("x").id(id).handler((event, payload) -> this.time.advance((Duration) payload)).build());
	}

}
