package io.telemetryrouter.spring.ai;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

/**
 * The time of the first token of a stream. Stored in the context of an observation.
 */
final class FirstToken {

	/** A reading of {@link System#nanoTime()} is very unlikely to have this value. */
	private static final long NEVER = Long.MIN_VALUE;

	private final AtomicLong arrived = new AtomicLong(NEVER);

	void arrived() {
		if (this.arrived.get() == NEVER) {
			this.arrived.compareAndSet(NEVER, System.nanoTime());
		}
	}

	/**
	 * Returns the time to the first token.
	 * @param elapsed the time since the call began
	 * @return the time from the start of the call to the token, or {@code null} without
	 * one
	 */
	@Nullable Duration time(Duration elapsed) {
		long arrived = this.arrived.get();
		if (arrived == NEVER) {
			return null;
		}
		return Duration.ofNanos(Math.max(0, elapsed.toNanos() - (System.nanoTime() - arrived)));
	}

}
