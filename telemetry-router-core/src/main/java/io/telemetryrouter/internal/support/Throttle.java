package io.telemetryrouter.internal.support;

import java.util.concurrent.TimeUnit;

/**
 * Permits one report in each interval and counts the others. Thread-safe.
 */
public final class Throttle {

	/** Returned instead of a count if the report is not permitted. */
	public static final long SUPPRESSED = -1;

	private final long interval;

	// Guarded by this. No atomics: each handler has several throttles, most never used.

	private long last = Long.MIN_VALUE;

	private long suppressed;

	/** Permits one report in each minute. */
	public Throttle() {
		this(TimeUnit.MINUTES.toNanos(1));
	}

	public Throttle(long interval) {
		this.interval = interval;
	}

	/**
	 * Returns how many reports were suppressed since the last one, or
	 * {@link #SUPPRESSED}.
	 */
	public synchronized long tryAcquire(long now) {
		if (this.last != Long.MIN_VALUE && now - this.last < this.interval) {
			this.suppressed++;
			return SUPPRESSED;
		}
		long count = this.suppressed;
		this.suppressed = 0;
		this.last = now;
		return count;
	}

}
