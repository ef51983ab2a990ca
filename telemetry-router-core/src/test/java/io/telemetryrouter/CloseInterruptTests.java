package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An interrupt of the thread that closes a router.
 */
class CloseInterruptTests {

	private final CapturedLog log = new CapturedLog();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	private final TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ofDays(1)).build();

	private final AtomicBoolean interrupted = new AtomicBoolean();

	private final Thread closing = new Thread(() -> {
		this.router.close();
		this.interrupted.set(Thread.currentThread().isInterrupted());
	});

	@AfterEach
	void close() {
		this.release.countDown();
		this.router.close();
		this.log.close();
	}

	private void join() throws InterruptedException {
		this.closing.join(Books.LIMIT.toMillis());
		assertThat(this.closing.isAlive()).isFalse();
	}

	@Test
	void whenClosingThreadIsInterruptedThenItWaitsNoLongerAndTheTotalsSaySo() throws Exception {
		this.router.subscribe(HandlerSpec.on("x").id("hung").async().handler((event, payload) -> {
			this.begun.countDown();
			this.release.await();
		}).build());
		for (int i = 0; i < 10; i++) {
			this.router.emit("x", i);
		}
		Books.pass(this.begun);
		this.closing.start();
		Books.spinUntil(() -> this.closing.getState() == Thread.State.TIMED_WAITING);
		this.closing.interrupt();
		join();
		assertThat(this.interrupted).isTrue();
		HandlerAccount account = Books.of(this.router, "hung");
		assertThat(Books.dropped(account, DropReason.SHUTDOWN_TIMEOUT)).isEqualTo(9);
		assertThat(account.failed()).isOne();
		assertThat(this.log.records("Telemetry router closed in")).singleElement().satisfies((totals) -> {
			assertThat(totals.getLevel()).isEqualTo(Level.WARNING);
			assertThat(totals.getMessage()).contains(", as its thread was interrupted: offered=10, ",
					"shutdown_timeout=9");
		});
	}

	@Test
	void whenAnInterruptedThreadClosesAnIdleRouterThenNothingIsLostAndTheTotalsAreAsUsual() throws Exception {
		this.router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> {
		}).build());
		this.router.emit("x", 1);
		Books.balanced(this.router);
		Thread.currentThread().interrupt();
		this.router.close();
		assertThat(Thread.interrupted()).isTrue();
		assertThat(this.log.records("Telemetry router closed in")).singleElement().satisfies((totals) -> {
			assertThat(totals.getLevel()).isEqualTo(Level.INFO);
			assertThat(totals.getMessage()).doesNotContain("interrupted");
		});
	}

}
