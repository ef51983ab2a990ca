package io.telemetryrouter.internal.support;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets one report in an interval through and counts the others. Thread-safe.
 */
public final class Throttle {

	/** Returned instead of a count when the report is to be left out. */
	public static final long SUPPRESSED = -1;

	private static final long NEVER = Long.MIN_VALUE;

	private final AtomicLong last = new AtomicLong(NEVER);

	private final AtomicLong suppressed = new AtomicLong();

	private final long interval;

	/** Lets one report a minute through. */
	public Throttle() {
		this(TimeUnit.MINUTES.toNanos(1));
	}

	public Throttle(long interval) {
		this.interval = interval;
	}

	/** Returns how many reports were left out since the last, or {@link #SUPPRESSED}. */
	public long tryAcquire(long now) {
		long previous = this.last.get();
		boolean due = previous == NEVER || now - previous >= this.interval;
		if (due && this.last.compareAndSet(previous, now)) {
			return this.suppressed.getAndSet(0);
		}
		this.suppressed.incrementAndGet();
		return SUPPRESSED;
	}

}
