package io.telemetryrouter.spring.ai;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * When the first token of a stream came. It goes with an observation.
 */
final class FirstToken {

	/** No reading of the clock is likely to be it. */
	private static final long NEVER = Long.MIN_VALUE;

	private final AtomicLong arrived = new AtomicLong(NEVER);

	void arrived() {
		if (this.arrived.get() == NEVER) {
			this.arrived.compareAndSet(NEVER, System.nanoTime());
		}
	}

	/**
	 * Returns how long it took.
	 * @param elapsed the time since the call began
	 * @return the time from the beginning to the token, or {@code null} without one
	 */
	@Nullable Duration time(Duration elapsed) {
		long arrived = this.arrived.get();
		if (arrived == NEVER) {
			return null;
		}
		return Duration.ofNanos(Math.max(0, elapsed.toNanos() - (System.nanoTime() - arrived)));
	}

}
