package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Waiting time of events in the queue of a lane.
 */
class QueueWaitTests {

	private final ManualTime time = new ManualTime();

	private TelemetryRouter router = this.time.router().slowThreshold(Duration.ofDays(1)).build();

	private CapturedLog log = new CapturedLog();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@Test
	void whenEventWaitsInTheQueueThenWaitAndAgeAreMeasured() throws Exception {
		CountDownLatch running = new CountDownLatch(1);
		CountDownLatch release = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("x").id("lane").async().handler((event, payload) -> {
			running.countDown();
			release.await();
		}).build());
		this.router.emit("x", 1);
		assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.router.handlerSnapshot("lane").oldestAge()).isZero();
		this.router.emit("x", 2);
		this.time.advance(Duration.ofSeconds(3));
		this.router.emit("x", 3);
		this.time.advance(Duration.ofSeconds(1));
		assertThat(this.router.handlerSnapshot("lane").oldestAge()).isEqualTo(Duration.ofSeconds(4));
		release.countDown();
		assertThat(this.router.flush(Duration.ofSeconds(60)).complete()).isTrue();
		LatencySnapshot wait = this.router.handlerSnapshot("lane").queueWait();
		assertThat(wait.count()).isEqualTo(3);
		assertThat(wait.maxNanos()).isEqualTo(Duration.ofSeconds(4).toNanos());
		assertThat(wait.totalNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
		assertThat(this.router.handlerSnapshot("lane").oldestAge()).isZero();
	}

	@Test
	void whenLaneIsInSteadyUseThenEveryWaitAndCallIsMeasuredExactly() {
		this.router.close();
		this.router = this.time.router().quarantine(QuarantineSettings.disabled()).build();
		this.router.subscribe(HandlerSpec.on("x").id("lane").async().handler((event, payload) -> {
			this.time.advance(Duration.ofNanos(3));
			if ((int) payload % 10 == 0) {
				throw new IllegalStateException("expected");
			}
		}).build());
		for (int round = 1; round <= 20; round++) {
			this.router.pause("lane");
			for (int i = 0; i < 200; i++) {
				this.router.emit("x", i);
			}
			this.time.advance(Duration.ofNanos(1000));
			this.router.resume("lane");
			assertThat(this.router.flush(Books.LIMIT).complete()).isTrue();
			HandlerSnapshot snapshot = this.router.handlerSnapshot("lane");
			assertThat(snapshot.account().handled()).isEqualTo(round * 180);
			assertThat(snapshot.latency().count()).isEqualTo(round * 180);
			assertThat(snapshot.latency().totalNanos()).isEqualTo(round * 180 * 3);
			assertThat(snapshot.failedLatency().totalNanos()).isEqualTo(round * 20 * 3);
			assertThat(snapshot.queueWait().count()).isEqualTo(round * 200);
			// Each waits for those before it.
			assertThat(snapshot.queueWait().totalNanos()).isEqualTo(round * (200 * 1000 + 3 * 199 * 100));
			assertThat(snapshot.queueWait().maxNanos()).isEqualTo(1000 + 3 * 199);
			this.router.resetMaxima("lane");
			assertThat(this.router.handlerSnapshot("lane").queueWait().maxNanos()).isZero();
		}
		Books.balanced(this.router);
	}

	@Test
	void whenFailureTakesTimeToReportThenTheNextEventWaitedAndDidNotRunThatLong() throws Exception {
		this.router.close();
		this.router = this.time.router().errorListener((failure) -> this.time.advance(Duration.ofSeconds(5))).build();
		CountDownLatch release = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("x").id("lane").async().handler((event, payload) -> {
			release.await();
			if (payload.equals(1)) {
				throw new IllegalStateException("expected");
			}
		}).build());
		this.router.emit("x", 1);
		this.router.emit("x", 2);
		release.countDown();
		assertThat(this.router.flush(Duration.ofSeconds(60)).complete()).isTrue();
		HandlerSnapshot snapshot = this.router.handlerSnapshot("lane");
		assertThat(snapshot.latency()).isEqualTo(new LatencySnapshot(1, 0, 0, 0, 0));
		assertThat(snapshot.queueWait().totalNanos()).isEqualTo(Duration.ofSeconds(5).toNanos());
	}

}
