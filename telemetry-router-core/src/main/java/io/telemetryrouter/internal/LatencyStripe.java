package io.telemetryrouter.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The part of a histogram that one thread writes, without atomic instructions.
 * <p>
 * A duration is first only noted, and many are sorted into buckets at once: reading the
 * clock waits for everything computed before it, and the address of a bucket is computed
 * from the clock. What is noted counts at once; a reader sorts it for itself. A reader
 * that meets the writer sorting tries again (a sequence lock, whose sequence is the
 * number of durations sorted).
 * <p>
 * There are buckets only around the durations seen so far.
 */
final class LatencyStripe extends Padded {

	private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

	private static final VarHandle COUNT;

	static {
		try {
			COUNT = MethodHandles.lookup().findVarHandle(LatencyStripe.class, "count", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** A power of two. */
	private static final int NOTES = 64;

	private static final int SPINS = 10;

	/** With a pause after each but the first: half a second and more. */
	private static final int ATTEMPTS = 10_000;

	private static final long PAUSE_NANOS = 50_000;

	/** After a cache line that another stripe's notes may end on. */
	private final long[] notes = new long[LINE + NOTES];

	private long count;

	/** How many are in the buckets; one more than that while some are being sorted. */
	private volatile long sorted;

	private long total;

	private long max;

	/** Durations before this one do not count for the maximum. */
	private volatile long maxFrom;

	/** First the number of the first bucket, then what the buckets count. */
	private volatile long[] buckets = { 0 };

	/**
	 * Records a duration. For the owning thread.
	 * @param nanos the duration, not negative
	 */
	void record(long nanos) {
		long number = this.count;
		int index = (int) number & (NOTES - 1);
		if (index == 0 && this.sorted != number) {
			sort(number - NOTES);
		}
		LONGS.setOpaque(this.notes, LINE + index, nanos);
		// Last, as it is what counts
		COUNT.setRelease(this, number + 1);
	}

	private void sort(long from) {
		this.sorted = from + 1;
		VarHandle.storeStoreFence();
		// Whoever resets the maximum only says from where, so that it has one writer.
		long reset = this.maxFrom;
		long longest = (reset >= from) ? 0 : this.max;
		long sum = this.total;
		try {
			for (int i = 0; i < NOTES; i++) {
				long nanos = this.notes[LINE + i];
				sum += nanos;
				if (from + i >= reset) {
					longest = Math.max(longest, nanos);
				}
				increment(LatencyHistogram.bucket(nanos));
			}
		}
		finally {
			// Also when memory or the stack ran out.
			this.total = sum;
			this.max = longest;
			this.sorted = from + NOTES;
		}
	}

	private void increment(int bucket) {
		long[] counts = this.buckets;
		int index = bucket - (int) counts[0] + 1;
		if (index < 1 || index >= counts.length) {
			counts = extend(counts, bucket);
			this.buckets = counts;
			index = bucket - (int) counts[0] + 1;
		}
		LONGS.setOpaque(counts, index, counts[index] + 1);
	}

	private static long[] extend(long[] counts, int bucket) {
		int octave = LatencyHistogram.OCTAVE;
		// Durations scatter: a power of two more on either side.
		int from = Math.max(0, (bucket & -octave) - octave);
		int to = Math.min(LatencyHistogram.BUCKETS, (bucket & -octave) + 2 * octave);
		int length = counts.length - 1;
		if (length == 0) {
			long[] fresh = new long[1 + to - from];
			fresh[0] = from;
			return fresh;
		}
		int first = (int) counts[0];
		from = Math.min(from, first);
		to = Math.max(to, first + length);
		long[] extended = new long[1 + to - from];
		extended[0] = from;
		System.arraycopy(counts, 1, extended, 1 + first - from, length);
		return extended;
	}

	/**
	 * Returns how many durations were recorded.
	 * @return the exact number
	 */
	long count() {
		return (long) COUNT.getAcquire(this);
	}

	/**
	 * Forgets the maximum.
	 */
	void resetMax() {
		this.maxFrom = count();
	}

	/**
	 * Adds what was recorded.
	 * @param sum what to add to
	 */
	void addTo(LatencyHistogram.Sum sum) {
		LatencyHistogram.Sum own = new LatencyHistogram.Sum();
		int attempts = 0;
		// A writer may lose its processor while sorting. It is not waited for for ever (a
		// debugger may hold it): then the distribution is off by what it was sorting.
		while (!tryRead(own) && ++attempts < ATTEMPTS) {
			if (attempts < SPINS) {
				Thread.onSpinWait();
			}
			else {
				LockSupport.parkNanos(this, PAUSE_NANOS);
			}
		}
		sum.add(own);
	}

	private boolean tryRead(LatencyHistogram.Sum own) {
		long from = this.sorted;
		own.clear();
		long[] counts = this.buckets;
		for (int i = 1; i < counts.length; i++) {
			own.buckets[(int) counts[0] + i - 1] = (long) LONGS.getOpaque(counts, i);
		}
		own.total = this.total;
		long reset = this.maxFrom;
		own.max = (reset >= from) ? 0 : this.max;
		long end = Math.min(count(), from + NOTES);
		for (long i = from; i < end; i++) {
			long nanos = (long) LONGS.getOpaque(this.notes, LINE + ((int) i & (NOTES - 1)));
			own.add(nanos, i >= reset);
		}
		VarHandle.loadLoadFence();
		return (from & 1) == 0 && from == this.sorted;
	}

}
