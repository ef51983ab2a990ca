package io.telemetryrouter.internal.support;

import java.util.concurrent.TimeUnit;

/**
 * Lets one report in an interval through and counts the others. Thread-safe.
 */
public final class Throttle {

	/** Returned instead of a count when the report is to be left out. */
	public static final long SUPPRESSED = -1;

	private final long interval;

	// Guarded by this: each handler has several throttles, and most are never asked.

	private long last = Long.MIN_VALUE;

	private long suppressed;

	/** Lets one report a minute through. */
	public Throttle() {
		this(TimeUnit.MINUTES.toNanos(1));
	}

	public Throttle(long interval) {
		this.interval = interval;
	}

	/** Returns how many reports were left out since the last, or {@link #SUPPRESSED}. */
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
