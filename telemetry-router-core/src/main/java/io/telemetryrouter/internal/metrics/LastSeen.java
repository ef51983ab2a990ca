package io.telemetryrouter.internal.metrics;

import java.time.Instant;
import java.time.InstantSource;

import org.jspecify.annotations.Nullable;

/**
 * The last time at which a count was found increased. The count is read periodically, so
 * incrementing it has no additional cost. Thread-safe.
 */
public final class LastSeen {

	/** Guarded by this. */
	private long count;

	/** Guarded by this. */
	private @Nullable Instant at;

	/**
	 * Takes the current count, and returns the time at which it was last found increased.
	 */
	public synchronized @Nullable Instant update(long count, InstantSource clock) {
		if (count > this.count) {
			this.at = clock.instant();
			this.count = count;
		}
		return this.at;
	}

}
