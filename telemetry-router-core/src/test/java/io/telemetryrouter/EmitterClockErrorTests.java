package io.telemetryrouter;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A temporary {@link OutOfMemoryError} at every read of the clock by an emitter: each
 * event is counted exactly once.
 */
class EmitterClockErrorTests {

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
	 * Outcome of the event.
	 */
	enum Fate {

		HANDLED, FILTERED, MISMATCHED, LEFT_OUT, QUEUED, DROPPED_NEWEST, DROPPED_OLDEST

	}

	@ParameterizedTest
	@EnumSource
	void whenClockFailsOnTheEmitterThenEachEventIsCountedOnce(Fate fate) {
		int read = 1;
		while (fails(fate, read)) {
			read++;
		}
		assertThat(read).as("reads of the clock").isGreaterThan(1);
	}

	/**
	 * Fails one read of the clock.
	 * @return whether there were so many
	 */
	private static boolean fails(Fate fate, int read) {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch hung = new CountDownLatch(1);
		FailingClock clock = new FailingClock(read);
		try (TelemetryRouter router = TelemetryRouter.builder().nanoTime(clock).build()) {
			router.subscribe(handler(fate).handler((event, payload) -> {
				if ("hangs".equals(payload)) {
					begun.countDown();
					Books.pass(hung);
				}
			}).build());
			if (fate.compareTo(Fate.QUEUED) >= 0) {
				router.emit("event", "hangs");
				Books.pass(begun);
			}
			if (fate.compareTo(Fate.QUEUED) > 0) {
				router.emit("event", "fills");
			}
			long before = Books.of(router, "handler").offered();
			clock.failing.set(Thread.currentThread());
			try {
				router.emit("event", (fate == Fate.MISMATCHED) ? 1 : "text");
			}
			catch (OutOfMemoryError ex) {
				assertThat(ex).hasMessage(FailingClock.MESSAGE);
			}
			clock.failing.set(null);
			hung.countDown();
			RouterSnapshot snapshot = Books.balanced(router);
			assertThat(Books.total(snapshot).offered()).isEqualTo(before + 1);
			return clock.failed.get();
		}
		finally {
			hung.countDown();
		}
	}

	private static HandlerSpec.Builder<String> handler(Fate fate) {
		HandlerSpec.Builder<String> spec = HandlerSpec.on(EventType.of("event", String.class)).id("handler");
		return switch (fate) {
			case HANDLED, MISMATCHED -> spec;
			case FILTERED -> spec.condition((event) -> false);
			case LEFT_OUT -> spec.times(1).condition((event) -> true);
			case QUEUED -> spec.async();
			case DROPPED_NEWEST -> spec.async().maxQueue(1).overflow(OverflowPolicy.DROP_NEWEST);
			case DROPPED_OLDEST -> spec.async().maxQueue(1).overflow(OverflowPolicy.DROP_OLDEST);
		};
	}

	/**
	 * A clock that fails once, on one thread.
	 */
	private static final class FailingClock implements LongSupplier {

		static final String MESSAGE = "the clock, on purpose";

		private final AtomicReference<Thread> failing = new AtomicReference<>();

		private final AtomicInteger reads = new AtomicInteger();

		private final AtomicBoolean failed = new AtomicBoolean();

		private final int failingRead;

		FailingClock(int failingRead) {
			this.failingRead = failingRead;
		}

		@Override
		public long getAsLong() {
			if (Thread.currentThread() == this.failing.get() && this.reads.incrementAndGet() == this.failingRead) {
				this.failed.set(true);
				throw new OutOfMemoryError(MESSAGE);
			}
			return System.nanoTime();
		}

	}

}
