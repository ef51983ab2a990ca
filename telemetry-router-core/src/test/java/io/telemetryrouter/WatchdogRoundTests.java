package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Behaviour of the user's executor on the watchdog's thread when the watchdog resubmits a
 * task.
 */
class WatchdogRoundTests {

	private static final String WATCHDOG = "telemetry-router:watchdog";

	private static TelemetryRouterBuilder builder(Executor lanes) {
		// Many looks a second.
		return TelemetryRouter.builder().stuckThreshold(Duration.ofMillis(50)).laneExecutor(lanes);
	}

	/**
	 * Like a saturated pool with a caller-runs policy.
	 */
	@Test
	void whenExecutorRunsALaneOnItsCallerThenTheHandlerIsNotCalledOnTheWatchdog() {
		AtomicInteger tasks = new AtomicInteger();
		Executor executor = (task) -> {
			// The first waits in a queue for long.
			if (tasks.incrementAndGet() != 1) {
				task.run();
			}
		};
		List<String> threads = new CopyOnWriteArrayList<>();
		try (TelemetryRouter router = builder(executor).build()) {
			router.subscribe(HandlerSpec.on("event")
				.async()
				.handler((event, payload) -> threads.add(Thread.currentThread().getName()))
				.build());
			router.emit("event", 1);
			Books.eventually(() -> !threads.isEmpty());
			assertThat(threads).doesNotContain(WATCHDOG);
		}
	}

	/** The executor could refuse the watchdog or block it. */
	@Test
	void whenExecutorLosesALaneThenTheWatchdogDoesNotCallTheExecutor() {
		AtomicInteger tasks = new AtomicInteger();
		Executor executor = (task) -> {
			if (tasks.incrementAndGet() != 1) {
				throw new RejectedExecutionException("full");
			}
		};
		CountDownLatch handled = new CountDownLatch(1);
		try (CapturedLog log = new CapturedLog(); TelemetryRouter router = builder(executor).build()) {
			router.subscribe(HandlerSpec.on("event").async().handler((event, payload) -> handled.countDown()).build());
			router.emit("event", 1);
			Books.pass(handled);
			assertThat(tasks).hasValue(1);
			assertThat(log.lines("Watchdog failed")).isEmpty();
		}
	}

}
