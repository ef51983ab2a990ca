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
 * Recording takes no lock. A thread that {@linkplain EmitFrame#lease holds a lease} has a
 * stripe to itself and writes it without atomic instructions; opaque writes keep them
 * whole for readers. Other threads (virtual ones, or more than there are leases) share
 * stripes and add atomically. Whoever reads sums over all stripes. Stripes and rows of
 * buckets are made when first needed: an unused histogram weighs nothing and a used one
 * some hundred bytes for each thread.
 */
final class LatencyHistogram {

	private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

	private static final VarHandle ROWS = MethodHandles.arrayElementVarHandle(long[][].class);

	private static final VarHandle MAX;

	private static final VarHandle TOTAL;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			MAX = lookup.findVarHandle(LatencyHistogram.class, "max", long.class);
			TOTAL = lookup.findVarHandle(Stripe.class, "total", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** log2 of the number of buckets in a row. */
	private static final int ROW_BITS = 3;

	private static final int ROW = 1 << ROW_BITS;

	/** Durations of 2^42 ns (73 minutes) and more share the last bucket. */
	private static final int MAX_EXPONENT = 41;

	private static final int ROWS_COUNT = MAX_EXPONENT - ROW_BITS + 2;

	private static final long MAX_VALUE = (1L << (MAX_EXPONENT + 1)) - 1;

	/** Shared stripes; a power of two. */
	private static final int SHARED_STRIPES = 8;

	private static final @Nullable Stripe[] NONE = {};

	/** By lease. Replaced under this. */
	private volatile @Nullable Stripe[] owned = NONE;

	/** By probe. Replaced under this. */
	private volatile @Nullable Stripe[] shared = NONE;

	private volatile long max;

	/** What the maximum was before it was reset; percentiles still go back there. */
	private volatile long formerMax;

	/**
	 * Records a duration.
	 * @param nanos the duration; a negative one counts as zero
	 * @param frame the calling thread's
	 */
	void record(long nanos, EmitFrame frame) {
		long value = Math.max(nanos, 0);
		int bucket = bucket(Math.min(value, MAX_VALUE));
		int lease = frame.lease;
		if (lease >= 0) {
			@Nullable Stripe[] all = this.owned;
			Stripe stripe = (lease < all.length) ? all[lease] : null;
			if (stripe == null) {
				stripe = ownedStripe(lease);
			}
			long[] row = stripe.row(bucket >>> ROW_BITS);
			int column = bucket & (ROW - 1);
			LONGS.setOpaque(row, column, row[column] + 1);
			TOTAL.setOpaque(stripe, stripe.total + value);
		}
		else {
			Stripe stripe = sharedStripe(frame.probe & (SHARED_STRIPES - 1));
			LONGS.getAndAdd(stripe.row(bucket >>> ROW_BITS), bucket & (ROW - 1), 1L);
			TOTAL.getAndAdd(stripe, value);
		}
		if (value > this.max) {
			raiseMax(value);
		}
	}

	private synchronized Stripe ownedStripe(int lease) {
		@Nullable Stripe[] all = this.owned;
		if (lease >= all.length) {
			all = Arrays.copyOf(all, lease + 1);
		}
		Stripe stripe = all[lease];
		if (stripe == null) {
			stripe = new Stripe();
			all[lease] = stripe;
		}
		this.owned = all;
		return stripe;
	}

	private Stripe sharedStripe(int index) {
		@Nullable Stripe[] all = this.shared;
		Stripe stripe = (all.length != 0) ? all[index] : null;
		return (stripe != null) ? stripe : newSharedStripe(index);
	}

	private synchronized Stripe newSharedStripe(int index) {
		@Nullable Stripe[] all = (this.shared.length != 0) ? this.shared : new Stripe[SHARED_STRIPES];
		Stripe stripe = all[index];
		if (stripe == null) {
			stripe = new Stripe();
			all[index] = stripe;
		}
		this.shared = all;
		return stripe;
	}

	private void raiseMax(long value) {
		long current = this.max;
		while (value > current && !MAX.weakCompareAndSet(this, current, value)) {
			current = this.max;
		}
	}

	/**
	 * Forgets the maximum.
	 */
	synchronized void resetMax() {
		this.formerMax = Math.max(this.formerMax, (long) MAX.getAndSet(this, 0L));
	}

	private static int bucket(long value) {
		if (value < ROW) {
			return (int) value;
		}
		int exponent = 63 - Long.numberOfLeadingZeros(value);
		return ((exponent - ROW_BITS + 1) << ROW_BITS) | ((int) (value >>> (exponent - ROW_BITS)) & (ROW - 1));
	}

	private static long middle(int bucket) {
		if (bucket < ROW) {
			return bucket;
		}
		int shift = (bucket >>> ROW_BITS) - 1;
		long low = (ROW + (bucket & (ROW - 1L))) << shift;
		return low + ((1L << shift) >>> 1);
	}

	/**
	 * Returns how many durations were recorded.
	 * @return the exact count
	 */
	long count() {
		return Arrays.stream(read().buckets).sum();
	}

	/**
	 * Returns the distribution.
	 * @return the distribution, exact when nobody records meanwhile
	 */
	LatencySnapshot snapshot() {
		Sum sum = read();
		long count = Arrays.stream(sum.buckets).sum();
		if (count == 0) {
			return LatencySnapshot.EMPTY;
		}
		long limit = Math.max(this.max, this.formerMax);
		return new LatencySnapshot(count, sum.total, this.max, Math.min(limit, percentile(sum.buckets, count, 0.50)),
				Math.min(limit, percentile(sum.buckets, count, 0.99)));
	}

	private static long percentile(long[] buckets, long count, double quantile) {
		long rank = Math.max(1, (long) Math.ceil(count * quantile));
		long seen = 0;
		for (int i = 0; i < buckets.length; i++) {
			seen += buckets[i];
			if (seen >= rank) {
				return middle(i);
			}
		}
		return MAX_VALUE;
	}

	private Sum read() {
		Sum sum = new Sum();
		for (Stripe stripe : this.owned) {
			sum.add(stripe);
		}
		for (Stripe stripe : this.shared) {
			sum.add(stripe);
		}
		return sum;
	}

	private static final class Sum {

		private final long[] buckets = new long[ROWS_COUNT << ROW_BITS];

		private long total;

		void add(@Nullable Stripe stripe) {
			if (stripe == null) {
				return;
			}
			for (int i = 0; i < ROWS_COUNT; i++) {
				long[] row = (long[]) ROWS.getAcquire(stripe.rows, i);
				for (int j = 0; row != null && j < ROW; j++) {
					this.buckets[(i << ROW_BITS) + j] += (long) LONGS.getOpaque(row, j);
				}
			}
			this.total += (long) TOTAL.getOpaque(stripe);
		}

	}

	/**
	 * The buckets of one or several threads.
	 */
	private static final class Stripe {

		private final long[] @Nullable [] rows = new long[ROWS_COUNT][];

		private long total;

		long[] row(int index) {
			// A plain read suffices: elements of an array are zero for whoever sees it.
			long[] row = this.rows[index];
			if (row == null) {
				ROWS.compareAndSet(this.rows, index, null, new long[ROW]);
				row = (long[]) ROWS.getAcquire(this.rows, index);
			}
			return row;
		}

	}

}
