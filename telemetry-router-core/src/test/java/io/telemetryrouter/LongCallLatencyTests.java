package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;

import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The error of percentiles is at most 1/16, regardless of the duration of calls.
 */
class LongCallLatencyTests {

	private static final Percentage TOLERANCE = Percentage.withPercentage(6.25);

	private final ManualTime time = new ManualTime();

	private final CapturedLog log = new CapturedLog();

	private final TelemetryRouter router = this.time.router()
		.stuckThreshold(Duration.ZERO)
		.slowThreshold(Duration.ofDays(10_000))
		.build();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT1H", "PT1H13M", "PT1H14M", "PT10H", "P1D", "P30D", "P365D" })
	void whenSyncCallIsLongThenPercentilesSaySo(Duration length) {
		this.router.subscribe(HandlerSpec.on("x")
			.id("long")
			.handler((event, payload) -> this.time.advance((Duration) payload))
			.build());
		this.router.emit("x", length);
		assertClose(this.router.handlerSnapshot("long").latency(), length);
		assertClose(this.router.eventSnapshot("x").latency(), length);
	}

	@ParameterizedTest
	@ValueSource(strings = { "PT10H", "P7D" })
	void whenManyCallsAreLongThenTheyAreToldApart(Duration length) {
		// More than any buffer of measurements on the way.
		int count = 3000;
		this.router.subscribe(HandlerSpec.on("x")
			.id("long")
			.handler((event, payload) -> this.time.advance((Duration) payload))
			.build());
		for (int i = 0; i < count; i++) {
			this.router.emit("x", (i < count / 10 * 9) ? length : length.multipliedBy(2));
		}
		LatencySnapshot latency = this.router.handlerSnapshot("long").latency();
		assertThat(latency.count()).isEqualTo(count);
		assertThat(latency.maxNanos()).isEqualTo(length.multipliedBy(2).toNanos());
		assertThat(latency.p50Nanos()).isCloseTo(length.toNanos(), TOLERANCE);
		assertThat(latency.p99Nanos()).isCloseTo(length.multipliedBy(2).toNanos(), TOLERANCE);
	}

	@Test
	void whenFailedCallIsLongThenPercentilesSaySo() {
		Duration length = Duration.ofHours(10);
		this.router.subscribe(HandlerSpec.on("x").id("long").handler((event, payload) -> {
			this.time.advance(length);
			throw new IllegalStateException("on purpose");
		}).build());
		this.router.emit("x", null);
		assertClose(this.router.handlerSnapshot("long").failedLatency(), length);
	}

	@Test
	void whenLaneIsSlowThenWaitAndCallSaySo() {
		Duration length = Duration.ofHours(10);
		CountDownLatch queued = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("x").id("long").async().handler((event, payload) -> {
			Books.pass(queued);
			this.time.advance(length);
		}).build());
		this.router.emit("x", 1);
		this.router.emit("x", 2);
		queued.countDown();
		HandlerSnapshot handler = Books.balanced(this.router).handlers().get("long");
		assertClose(handler.latency(), length);
		assertThat(handler.queueWait().maxNanos()).isEqualTo(length.toNanos());
		assertThat(handler.queueWait().p99Nanos()).isCloseTo(length.toNanos(), TOLERANCE);
	}

	private static void assertClose(LatencySnapshot latency, Duration length) {
		assertThat(latency.maxNanos()).isEqualTo(length.toNanos());
		assertThat(Duration.ofNanos(latency.p50Nanos()).toMinutes()).isCloseTo(length.toMinutes(), TOLERANCE);
		assertThat(Duration.ofNanos(latency.p99Nanos()).toMinutes()).isCloseTo(length.toMinutes(), TOLERANCE);
	}

}
