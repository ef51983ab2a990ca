package io.telemetryrouter.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.LatencySnapshot;

/**
 * Counts durations in log-linear buckets, eight to each power of two, so that a
 * percentile read from the middle of its bucket is off by at most 1/16.
 * <p>
 * Recording takes no lock. A thread with a lease has a {@linkplain LatencyStripe stripe}
 * to itself and writes it without atomic instructions. Other threads (virtual ones, or
 * more than there are leases) share stripes and add atomically. Whoever reads sums over
 * all stripes, which are made when first needed: an unused histogram weighs nothing and a
 * used one some hundred bytes for each thread.
 */
final class LatencyHistogram extends LeaseStripes<LatencyStripe> {

	private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

	/** Buckets of a power of two. */
	static final int OCTAVE = 8;

	/** log2 of that. */
	private static final int OCTAVE_BITS = 3;

	/** Durations of 2^42 ns (73 minutes) and more share the last bucket. */
	private static final int MAX_EXPONENT = 41;

	private static final long MAX_VALUE = (1L << (MAX_EXPONENT + 1)) - 1;

	static final int BUCKETS = (MAX_EXPONENT - OCTAVE_BITS + 2) * OCTAVE;

	/** In a shared stripe, after the buckets: the sum of all durations. */
	private static final int TOTAL = BUCKETS;

	/** In a shared stripe: the longest duration. */
	private static final int MAX = BUCKETS + 1;

	/** Shared stripes; a power of two. */
	private static final int SHARED_STRIPES = 8;

	private static final @Nullable LatencyStripe[] NONE = {};

	private static final long[] @Nullable [] NONE_SHARED = {};

	/** By probe. Replaced under this. */
	private volatile long[] @Nullable [] shared = NONE_SHARED;

	/** What the maximum was before it was reset; percentiles still go back there. */
	private volatile long formerMax;

	LatencyHistogram() {
		super(NONE);
	}

	/**
	 * Records a duration.
	 * @param nanos the duration; a negative one counts as zero
	 * @param frame the calling thread's
	 */
	void record(long nanos, EmitFrame frame) {
		record(nanos, stripe(frame), frame);
	}

	/**
	 * Records a duration in a stripe that was looked up before the clock was read, which
	 * nothing may overtake: on the way of an event that saves several loads.
	 * @param nanos the duration; a negative one counts as zero
	 * @param stripe the calling thread's, if it has one
	 * @param frame the calling thread's
	 */
	void record(long nanos, @Nullable LatencyStripe stripe, EmitFrame frame) {
		long value = Math.max(nanos, 0);
		if (stripe != null) {
			stripe.record(value);
		}
		else if (frame.lease >= 0) {
			newStripe(frame.lease).record(value);
		}
		else {
			recordShared(frame.probe & (SHARED_STRIPES - 1), value);
		}
	}

	@Override
	LatencyStripe create() {
		return new LatencyStripe();
	}

	private void recordShared(int number, long value) {
		long[] @Nullable [] all = this.shared;
		long[] stripe = (all.length != 0) ? all[number] : null;
		if (stripe == null) {
			stripe = newShared(number);
		}
		LONGS.getAndAdd(stripe, TOTAL, value);
		long max = (long) LONGS.getOpaque(stripe, MAX);
		while (value > max && !LONGS.weakCompareAndSet(stripe, MAX, max, value)) {
			max = (long) LONGS.getOpaque(stripe, MAX);
		}
		// Last, as it is what counts
		LONGS.getAndAdd(stripe, bucket(value), 1L);
	}

	private synchronized long[] newShared(int number) {
		long[] @Nullable [] all = Arrays.copyOf(this.shared, SHARED_STRIPES);
		long[] stripe = all[number];
		if (stripe == null) {
			stripe = new long[BUCKETS + 2];
			all[number] = stripe;
			this.shared = all;
		}
		return stripe;
	}

	/**
	 * Returns the bucket of a duration.
	 * @param nanos the duration, not negative
	 * @return the bucket's number
	 */
	static int bucket(long nanos) {
		if (nanos < OCTAVE) {
			return (int) nanos;
		}
		long value = Math.min(nanos, MAX_VALUE);
		int exponent = 63 - Long.numberOfLeadingZeros(value);
		return ((exponent - OCTAVE_BITS + 1) << OCTAVE_BITS)
				| ((int) (value >>> (exponent - OCTAVE_BITS)) & (OCTAVE - 1));
	}

	private static long middle(int bucket) {
		if (bucket < OCTAVE) {
			return bucket;
		}
		int shift = (bucket >>> OCTAVE_BITS) - 1;
		long low = (OCTAVE + (bucket & (OCTAVE - 1L))) << shift;
		return low + ((1L << shift) >>> 1);
	}

	/**
	 * Returns how many durations were recorded.
	 * @return the exact count
	 */
	long count() {
		long count = 0;
		for (LatencyStripe stripe : stripes()) {
			count += (stripe != null) ? stripe.count() : 0;
		}
		if (this.shared.length != 0) {
			Sum sum = new Sum();
			addShared(sum);
			count += sum.count();
		}
		return count;
	}

	/**
	 * Returns the distribution.
	 * @return the distribution, exact when nobody records meanwhile
	 */
	LatencySnapshot snapshot() {
		Sum sum = new Sum();
		for (LatencyStripe stripe : stripes()) {
			if (stripe != null) {
				stripe.addTo(sum);
			}
		}
		addShared(sum);
		long count = sum.count();
		if (count == 0) {
			return LatencySnapshot.EMPTY;
		}
		long longest = Math.max(sum.max, this.formerMax);
		return new LatencySnapshot(count, sum.total, sum.max, Math.min(longest, sum.percentile(count, 0.50)),
				Math.min(longest, sum.percentile(count, 0.99)));
	}

	private void addShared(Sum sum) {
		for (long[] stripe : this.shared) {
			for (int i = 0; stripe != null && i < BUCKETS; i++) {
				sum.buckets[i] += (long) LONGS.getOpaque(stripe, i);
			}
			if (stripe != null) {
				sum.total += (long) LONGS.getOpaque(stripe, TOTAL);
				sum.max = Math.max(sum.max, (long) LONGS.getOpaque(stripe, MAX));
			}
		}
	}

	/**
	 * Forgets the maximum.
	 */
	synchronized void resetMax() {
		this.formerMax = Math.max(this.formerMax, snapshot().maxNanos());
		for (LatencyStripe stripe : stripes()) {
			if (stripe != null) {
				stripe.resetMax();
			}
		}
		for (long[] stripe : this.shared) {
			if (stripe != null) {
				LONGS.setOpaque(stripe, MAX, 0L);
			}
		}
	}

	/**
	 * What a reader adds up. Not thread-safe.
	 */
	static final class Sum {

		final long[] buckets = new long[BUCKETS];

		long total;

		long max;

		void add(Sum other) {
			for (int i = 0; i < BUCKETS; i++) {
				this.buckets[i] += other.buckets[i];
			}
			this.total += other.total;
			this.max = Math.max(this.max, other.max);
		}

		void add(long nanos, boolean forMax) {
			this.buckets[bucket(nanos)]++;
			this.total += nanos;
			if (forMax) {
				this.max = Math.max(this.max, nanos);
			}
		}

		void clear() {
			Arrays.fill(this.buckets, 0);
			this.total = 0;
			this.max = 0;
		}

		long count() {
			return Arrays.stream(this.buckets).sum();
		}

		long percentile(long count, double quantile) {
			long rank = Math.max(1, (long) Math.ceil(count * quantile));
			long seen = 0;
			for (int i = 0; i < this.buckets.length; i++) {
				seen += this.buckets[i];
				if (seen >= rank) {
					return middle(i);
				}
			}
			return MAX_VALUE;
		}

	}

}
