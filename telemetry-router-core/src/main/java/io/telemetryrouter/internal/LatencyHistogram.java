package io.telemetryrouter.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.LatencySnapshot;

/**
 * Counts durations in log-linear buckets, eight to each power of two, so that a
 * percentile read from the middle of its bucket is off by at most 1/16.
 * <p>
 * Recording is two atomic adds (bucket and sum) and takes no lock. As in
 * {@link java.util.concurrent.atomic.LongAdder} all threads share one stripe until a
 * compare-and-set fails; from then on each thread has its own. Rows of buckets are made
 * when first hit, so that an unused histogram weighs nothing and a used one some hundred
 * bytes.
 */
final class LatencyHistogram {

	private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

	private static final VarHandle ROWS = MethodHandles.arrayElementVarHandle(long[][].class);

	private static final VarHandle STRIPES = MethodHandles.arrayElementVarHandle(Stripe[].class);

	private static final VarHandle BASE;

	private static final VarHandle MAX;

	private static final VarHandle TOTAL;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			BASE = lookup.findVarHandle(LatencyHistogram.class, "base", Stripe.class);
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

	private static final int STRIPE_COUNT = Math.min(64,
			Integer.highestOneBit(Math.max(2, Runtime.getRuntime().availableProcessors() * 2 - 1)));

	private volatile @Nullable Stripe base;

	private volatile Stripe @Nullable [] stripes;

	private volatile long max;

	/**
	 * Records a duration.
	 * @param nanos the duration; a negative one counts as zero
	 * @param probe spreads threads over stripes
	 */
	void record(long nanos, int probe) {
		long value = Math.max(nanos, 0);
		int bucket = bucket(Math.min(value, MAX_VALUE));
		Stripe[] all = this.stripes;
		Stripe stripe = (all != null) ? stripe(all, probe) : base();
		long[] row = stripe.row(bucket >>> ROW_BITS);
		int column = bucket & (ROW - 1);
		if (all != null) {
			LONGS.getAndAdd(row, column, 1L);
		}
		else {
			long count = (long) LONGS.getOpaque(row, column);
			if (!LONGS.compareAndSet(row, column, count, count + 1)) {
				this.stripes = (this.stripes != null) ? this.stripes : new Stripe[STRIPE_COUNT];
				LONGS.getAndAdd(row, column, 1L);
			}
		}
		TOTAL.getAndAdd(stripe, value);
		if (value > this.max) {
			raiseMax(value);
		}
	}

	private Stripe base() {
		Stripe stripe = this.base;
		if (stripe == null) {
			BASE.compareAndSet(this, null, new Stripe());
			stripe = this.base;
		}
		return Objects.requireNonNull(stripe);
	}

	private static Stripe stripe(Stripe[] all, int probe) {
		int index = probe & (all.length - 1);
		Stripe stripe = (Stripe) STRIPES.getAcquire(all, index);
		if (stripe == null) {
			STRIPES.compareAndSet(all, index, null, new Stripe());
			stripe = (Stripe) STRIPES.getAcquire(all, index);
		}
		return stripe;
	}

	private void raiseMax(long value) {
		long current = this.max;
		while (value > current && !MAX.weakCompareAndSet(this, current, value)) {
			current = this.max;
		}
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
		long count = 0;
		for (long bucket : buckets()) {
			count += bucket;
		}
		return count;
	}

	/**
	 * Returns the distribution.
	 * @return the distribution, exact when nobody records meanwhile
	 */
	LatencySnapshot snapshot() {
		long[] buckets = buckets();
		long count = 0;
		for (long bucket : buckets) {
			count += bucket;
		}
		if (count == 0) {
			return LatencySnapshot.EMPTY;
		}
		long maximum = this.max;
		return new LatencySnapshot(count, total(), maximum, Math.min(maximum, percentile(buckets, count, 0.50)),
				Math.min(maximum, percentile(buckets, count, 0.99)));
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

	private long[] buckets() {
		long[] sum = new long[ROWS_COUNT << ROW_BITS];
		Stripe first = this.base;
		if (first != null) {
			first.addTo(sum);
		}
		Stripe[] all = this.stripes;
		for (int i = 0; all != null && i < all.length; i++) {
			Stripe stripe = (Stripe) STRIPES.getAcquire(all, i);
			if (stripe != null) {
				stripe.addTo(sum);
			}
		}
		return sum;
	}

	private long total() {
		Stripe first = this.base;
		long sum = (first != null) ? (long) TOTAL.getAcquire(first) : 0;
		Stripe[] all = this.stripes;
		for (int i = 0; all != null && i < all.length; i++) {
			Stripe stripe = (Stripe) STRIPES.getAcquire(all, i);
			sum += (stripe != null) ? (long) TOTAL.getAcquire(stripe) : 0;
		}
		return sum;
	}

	/**
	 * The buckets of one or several threads.
	 */
	private static final class Stripe {

		private final long[] @Nullable [] rows = new long[ROWS_COUNT][];

		private volatile long total;

		long[] row(int index) {
			// A plain read suffices: elements of an array are zero for whoever sees it.
			long[] row = this.rows[index];
			if (row == null) {
				ROWS.compareAndSet(this.rows, index, null, new long[ROW]);
				row = (long[]) ROWS.getAcquire(this.rows, index);
			}
			return row;
		}

		void addTo(long[] sum) {
			for (int i = 0; i < this.rows.length; i++) {
				long[] row = (long[]) ROWS.getAcquire(this.rows, i);
				for (int j = 0; row != null && j < ROW; j++) {
					sum[(i << ROW_BITS) + j] += (long) LONGS.getOpaque(row, j);
				}
			}
		}

	}

}
