package io.telemetryrouter.internal.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLongArray;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * A counter for many writers: one cell, and a further cell for each stripe after the
 * first contention. No cell ever decreases.
 * <p>
 * Each {@link #add} is one atomic read-modify-write with the ordering of a volatile
 * access: later reads of its thread come after the count is visible.
 * ({@link java.util.concurrent.atomic.LongAdder} does not promise that.)
 */
public final class StripedCounter {

	private static final VarHandle BASE = VarHandles.field(MethodHandles.lookup(), StripedCounter.class, "base",
			long.class);

	/** A power of two. */
	private static final int STRIPES = 8;

	private volatile long base;

	/** One cell on each cache line but the first and the last. */
	private volatile @Nullable AtomicLongArray cells;

	/**
	 * Adds to the counter; the stripe hint spreads contending writers over the stripes.
	 */
	public void add(long count, int stripeHint) {
		AtomicLongArray spread = this.cells;
		if (spread == null) {
			long before = this.base;
			if (BASE.compareAndSet(this, before, before + count)) {
				return;
			}
			spread = spread();
		}
		spread.getAndAdd(index(stripeHint & (STRIPES - 1)), count);
	}

	private synchronized AtomicLongArray spread() {
		AtomicLongArray spread = this.cells;
		if (spread == null) {
			spread = new AtomicLongArray(index(STRIPES));
			this.cells = spread;
		}
		return spread;
	}

	private static int index(int stripe) {
		return (stripe + 1) * Padded.LINE;
	}

	/** Returns the sum, exact while no thread adds. */
	public long sum() {
		long sum = this.base;
		AtomicLongArray spread = this.cells;
		if (spread != null) {
			for (int i = 0; i < STRIPES; i++) {
				sum += spread.get(index(i));
			}
		}
		return sum;
	}

}
