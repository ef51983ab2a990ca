package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A temporary {@link OutOfMemoryError} at every read of the clock by a lane: polled
 * events are counted, their futures complete, and the lane continues.
 */
class LaneClockErrorTests {

	private static final int EVENTS = 3;

	private CapturedLog log;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
	}

	@AfterEach
	void close() {
		this.log.close();
	}

	/**
	 * Action of a lane during which the clock fails.
	 */
	enum Work {

		HANDLES, HANDLES_UNMEASURED, HANDLES_SLOWLY, FAILS, FAILS_UNMEASURED, IS_GIVEN_TIME, FAILS_IN_TIME, LEAVES,
		IS_QUARANTINED

	}

	@ParameterizedTest
	@EnumSource
	void whenClockFailsOnALaneThenItsEventsAreCountedAndTheLaneLives(Work work) throws Exception {
		List<String> broken = new ArrayList<>();
		int read = 1;
		while (fails(work, read, broken) && broken.isEmpty()) {
			read++;
		}
		assertThat(broken).isEmpty();
		if (work == Work.HANDLES) {
			assertThat(read).as("reads of the clock on a lane").isGreaterThan(1);
		}
	}

	/** Trying again without end would occupy a processor. */
	@Test
	@Timeout(60)
	void whenClockFailsForGoodThenTheWorkerLeavesItsThread() throws Exception {
		AtomicBoolean fails = new AtomicBoolean(true);
		ScriptedExecutor executor = new ScriptedExecutor(ScriptedExecutor.Step.KEEP);
		LongSupplier clock = () -> {
			if (fails.get() && StackWalker.getInstance()
				.walk((frames) -> frames.anyMatch((frame) -> frame.getClassName().endsWith("LaneRun")))) {
				throw new NoClassDefFoundError("on purpose");
			}
			return System.nanoTime();
		};
		AtomicInteger calls = new AtomicInteger();
		try (TelemetryRouter router = TelemetryRouter.builder().nanoTime(clock).laneExecutor(executor).build()) {
			router.subscribe(HandlerSpec.on("event")
				.id("h")
				.async()
				.handler((event, payload) -> calls.incrementAndGet())
				.build());
			router.emit("event", 1);
			executor.runKept().join();
			assertThat(calls).hasValue(0);
			assertThat(this.log.lines("Worker of handler 'h' failed")).hasSize(1);
			fails.set(false);
			router.emit("event", 2);
			executor.runKept().join();
			Books.eventually(() -> calls.get() == 2);
		}
	}

	@Test
	void whenClockFailsAfterACallThenLaterEventsOfTheThreadAreNotCausedByIt() {
		AtomicReference<Thread> failing = new AtomicReference<>();
		ExecutorService thread = Executors.newSingleThreadExecutor();
		try (TelemetryRouter router = TelemetryRouter.builder().laneExecutor(thread).nanoTime(() -> {
			if (failing.compareAndSet(Thread.currentThread(), null)) {
				throw new OutOfMemoryError("on purpose");
			}
			return System.nanoTime();
		}).build()) {
			router.subscribe(HandlerSpec.on("event")
				.async()
				.handler((event, payload) -> failing.set(Thread.currentThread()))
				.build());
			List<TelemetryEvent<?>> later = new ArrayList<>();
			router.subscribe(HandlerSpec.on("later").eventHandler(later::add).build());
			assertThat(Books.result(router.emitAsync("event", 1)).failed()).isOne();
			assertThat(CompletableFuture.runAsync(() -> router.emit("later", 1), thread)).succeedsWithin(Books.LIMIT);
			assertThat(later).singleElement().extracting(TelemetryEvent::causationId).isNull();
		}
		finally {
			thread.shutdown();
		}
	}

	/**
	 * Fails one read of the clock.
	 * @return whether there were so many
	 */
	private static boolean fails(Work work, int read, List<String> broken) throws Exception {
		FailingClock clock = new FailingClock(read);
		TelemetryRouter router = router(work, clock).build();
		try {
			AtomicInteger calls = new AtomicInteger();
			router.subscribe(handler(work).handler((event, payload) -> {
				calls.incrementAndGet();
				if (work.name().startsWith("FAILS") || work == Work.IS_QUARANTINED && payload.equals(0)) {
					throw new IllegalStateException("on purpose");
				}
			}).build());
			List<CompletableFuture<EmitOutcome>> outcomes = new ArrayList<>();
			for (int i = 0; i < EVENTS; i++) {
				outcomes.add(router.emitAsync("event", i));
			}
			check(router, outcomes, broken, "read " + read + ": ");
			if (work != Work.LEAVES) {
				check(router, List.of(router.emitAsync("event", EVENTS)), broken, "after read " + read + ": ");
			}
			return clock.failed.get();
		}
		finally {
			router.close();
		}
	}

	private static void check(TelemetryRouter router, List<CompletableFuture<EmitOutcome>> outcomes,
			List<String> broken, String when) throws Exception {
		if (!router.flush(Books.LIMIT).complete()) {
			broken.add(when + "not flushed");
			return;
		}
		for (CompletableFuture<EmitOutcome> outcome : outcomes) {
			try {
				outcome.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS);
			}
			catch (TimeoutException ex) {
				broken.add(when + "a future is open");
				break;
			}
		}
		try {
			Books.quiet(router);
		}
		catch (ConditionTimeoutException ex) {
			broken.add(when + Books.total(router.snapshot()));
		}
	}

	private static TelemetryRouterBuilder router(Work work, FailingClock clock) {
		TelemetryRouterBuilder builder = TelemetryRouter.builder()
			.nanoTime(clock)
			.shutdownTimeout(Duration.ofMillis(100))
			.measureLatency(!work.name().endsWith("UNMEASURED"));
		if (work == Work.IS_QUARANTINED) {
			builder.quarantine(
					QuarantineSettings.defaults().withFailures(1).withDelay(Duration.ofNanos(1), Duration.ofNanos(1)));
		}
		else {
			builder.quarantine(QuarantineSettings.disabled());
		}
		return work.name().endsWith("TIME") ? builder.handlerTimeout(Duration.ofDays(1)) : builder;
	}

	private static HandlerSpec.Builder<Object> handler(Work work) {
		HandlerSpec.Builder<Object> spec = HandlerSpec.on("event").id("lane").async();
		return switch (work) {
			case LEAVES -> spec.times(EVENTS);
			case HANDLES_SLOWLY -> spec.slowThreshold(Duration.ofNanos(1));
			default -> spec;
		};
	}

	/**
	 * A clock that fails once, on a thread of a lane.
	 */
	private static final class FailingClock implements LongSupplier {

		private final Thread emitter = Thread.currentThread();

		private final AtomicInteger reads = new AtomicInteger();

		private final AtomicBoolean failed = new AtomicBoolean();

		private final int failing;

		FailingClock(int failing) {
			this.failing = failing;
		}

		@Override
		public long getAsLong() {
			Thread thread = Thread.currentThread();
			if (thread != this.emitter && !thread.getName().equals("telemetry-router:watchdog")
					&& this.reads.incrementAndGet() == this.failing) {
				this.failed.set(true);
				throw new OutOfMemoryError("on purpose");
			}
			return System.nanoTime();
		}

	}

}
