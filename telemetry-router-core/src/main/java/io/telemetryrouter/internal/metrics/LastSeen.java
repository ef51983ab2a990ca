package io.telemetryrouter.internal.metrics;

import java.time.Instant;
import java.time.InstantSource;

import org.jspecify.annotations.Nullable;

/**
 * When something last happened, as far as looks at its count can tell: a thing that
 * happens pays nothing for it. Thread-safe.
 */
public final class LastSeen {

	/** Guarded by this. */
	private long count;

	/** Guarded by this. */
	private @Nullable Instant at;

	/** Looks at the count, and returns when it was last found higher than before. */
	public synchronized @Nullable Instant look(long count, InstantSource clock) {
		if (count > this.count) {
			this.at = clock.instant();
			this.count = count;
		}
		return this.at;
	}

}
