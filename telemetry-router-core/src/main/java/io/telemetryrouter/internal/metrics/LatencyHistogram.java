package io.telemetryrouter.internal.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.LatencySnapshot;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * Counts durations in log-linear buckets, eight to each power of two, so that a
 * percentile read from the middle of its bucket is off by at most 1/16. (The buckets of
 * HdrHistogram and of the OpenTelemetry exponential histogram are of the same kind.)
 * <p>
 * A histogram in steady use receives its durations from {@link SampleBuffers}, in a
 * stripe that only the thread that records them writes. Other durations are recorded
 * directly, in stripes with a flag each. A thread that finds a flag set tries the next
 * stripe, so no thread ever waits. Further stripes are created only under contention.
 */
public final class LatencyHistogram {

	private static final VarHandle STRIPES = VarHandles.field(MethodHandles.lookup(), LatencyHistogram.class, "stripes",
			Stripe[].class);

	/** The id of a histogram whose samples must no longer be buffered. */
	static final int RELEASED = -1;

	/** The number of direct records after which samples are buffered. */
	private static final int STEADY = 128;

	/** The number of buckets for each power of two. */
	static final int OCTAVE = 8;

	/** The binary logarithm of {@link #OCTAVE}. */
	private static final int OCTAVE_BITS = 3;

	private static final int MAX_EXPONENT = 62;

	private static final int BUCKETS = (MAX_EXPONENT - OCTAVE_BITS + 2) * OCTAVE;

	private static final int MAX_STRIPES = 8;

	private static final Stripe[] NONE = {};

	static final Map<RouterListener, LongConsumer> NO_RECORDERS = Map.of();

	/** 0 until samples are buffered. */
	volatile int id;

	/** The stripe for buffered samples, written by the thread that records them. */
	private volatile @Nullable Stripe buffered;

	private volatile Stripe[] stripes = NONE;

	/** Recorders that receive each duration. Replaced as a whole, guarded by this. */
	volatile Map<RouterListener, LongConsumer> recorders = NO_RECORDERS;

	/** The highest maximum before a reset; percentiles may still reach it. */
	private volatile long formerMax;

	/** Records a duration, directly or by the buffer. A negative one counts as zero. */
	public void record(long nanos, @Nullable SampleBuffer buffer) {
		int known = this.id;
		if (known <= 0 || buffer == null || !buffer.add(known, nanos)) {
			recordDirectly(Math.max(nanos, 0), buffer);
		}
	}

	private void recordDirectly(long nanos, @Nullable SampleBuffer buffer) {
		Stripe stripe = occupy();
		long count;
		try {
			stripe.add(nanos);
			count = stripe.count;
		}
		finally {
			stripe.taken = false;
		}
		Map<RouterListener, LongConsumer> given = this.recorders;
		try {
			if (given != NO_RECORDERS) {
				for (LongConsumer recorder : given.values()) {
					recorder.accept(nanos);
				}
			}
			else if (count > STEADY && this.id == 0 && buffer != null) {
				buffer.buffers.register(this);
			}
		}
		catch (Throwable ex) {
			// A stack overflow, for example. The duration is recorded already.
			return;
		}
	}

	/**
	 * Adds a listener's recorder, which receives each duration and must not throw.
	 * Samples are not buffered from then on, so that histograms without recorders have no
	 * overhead.
	 */
	public synchronized void addRecorder(RouterListener listener, LongConsumer recorder) {
		Map<RouterListener, LongConsumer> all = new LinkedHashMap<>(this.recorders);
		all.put(listener, recorder);
		this.recorders = all;
		this.id = RELEASED;
	}

	public synchronized void removeRecorder(RouterListener listener) {
		Map<RouterListener, LongConsumer> all = new LinkedHashMap<>(this.recorders);
		all.remove(listener);
		this.recorders = all.isEmpty() ? NO_RECORDERS : all;
	}

	private Stripe occupy() {
		while (true) {
			Stripe[] all = this.stripes;
			for (Stripe stripe : all) {
				if (stripe.tryTake()) {
					return stripe;
				}
			}
			if (all.length < MAX_STRIPES) {
				Stripe[] extended = Arrays.copyOf(all, all.length + 1);
				extended[all.length] = new Stripe();
				STRIPES.compareAndSet(this, all, extended);
			}
		}
	}

	/** Creates the stripe for buffered samples. Called once, by {@link SampleBuffers}. */
	Stripe buffered() {
		Stripe stripe = new Stripe();
		this.buffered = stripe;
		return stripe;
	}

	private static int bucket(long nanos) {
		if (nanos < OCTAVE) {
			return (int) nanos;
		}
		int exponent = 63 - Long.numberOfLeadingZeros(nanos);
		return ((exponent - OCTAVE_BITS + 1) << OCTAVE_BITS)
				| ((int) (nanos >>> (exponent - OCTAVE_BITS)) & (OCTAVE - 1));
	}

	private static long middle(int bucket) {
		if (bucket < OCTAVE) {
			return bucket;
		}
		int shift = (bucket >>> OCTAVE_BITS) - 1;
		long low = (OCTAVE + (bucket & (OCTAVE - 1L))) << shift;
		return low + ((1L << shift) >>> 1);
	}

	// Readers first call SampleBuffers.record(), so that buffered samples are included.

	public long count() {
		Stripe own = this.buffered;
		long count = (own != null) ? own.count() : 0;
		for (Stripe stripe : this.stripes) {
			count += stripe.count();
		}
		return count;
	}

	/** Returns the distribution; {@code buffers} are those that hold the samples. */
	public LatencySnapshot snapshot(SampleBuffers buffers) {
		Sums sums = new Sums();
		Stripe own = this.buffered;
		if (own != null) {
			buffers.whileTaken(() -> sums.add(own));
		}
		for (Stripe stripe : this.stripes) {
			stripe.whileTaken(() -> sums.add(stripe));
		}
		return sums.snapshot(this.formerMax);
	}

	public synchronized void resetMax(SampleBuffers buffers) {
		buffers.record();
		for (Stripe stripe : this.stripes) {
			stripe.whileTaken(() -> resetMax(stripe));
		}
		Stripe own = this.buffered;
		if (own != null) {
			buffers.whileTaken(() -> resetMax(own));
		}
	}

	private void resetMax(Stripe stripe) {
		this.formerMax = Math.max(this.formerMax, stripe.max);
		stripe.max = 0;
	}

	/**
	 * A part of the histogram that one thread at a time writes. Its buckets cover only
	 * the range of the durations seen so far.
	 */
	static final class Stripe extends Turn {

		private static final VarHandle COUNT = VarHandles.field(MethodHandles.lookup(), Stripe.class, "count",
				long.class);

		private static final long[] NO_BUCKETS = {};

		/** The number of the first bucket. */
		private int first;

		private long[] buckets = NO_BUCKETS;

		private long total;

		private long max;

		private long count;

		void add(long nanos) {
			int bucket = bucket(nanos);
			if (bucket < this.first || bucket >= this.first + this.buckets.length) {
				extend(bucket);
			}
			// From here on nothing can fail: no call needs stack or memory.
			this.buckets[bucket - this.first]++;
			this.total += nanos;
			if (nanos > this.max) {
				this.max = nanos;
			}
			this.count++;
		}

		private void extend(int bucket) {
			// Durations scatter, so one more power of two is added on either side.
			int octave = bucket & -OCTAVE;
			int from = Math.max(0, octave - OCTAVE);
			int to = Math.min(BUCKETS, octave + 2 * OCTAVE);
			int length = this.buckets.length;
			if (length != 0) {
				from = Math.min(from, this.first);
				to = Math.max(to, this.first + length);
			}
			long[] extended = new long[to - from];
			System.arraycopy(this.buckets, 0, extended, (length != 0) ? this.first - from : 0, length);
			this.buckets = extended;
			this.first = from;
		}

		/** Returns the exact number of recorded durations, from any thread. */
		long count() {
			return (long) COUNT.getOpaque(this);
		}

	}

	/** The sums of several stripes. */
	private static final class Sums {

		private final long[] buckets = new long[BUCKETS];

		private long count;

		private long total;

		private long max;

		void add(Stripe stripe) {
			long[] counts = stripe.buckets;
			int from = stripe.first;
			for (int i = 0; i < counts.length && from + i < this.buckets.length; i++) {
				this.buckets[from + i] += counts[i];
				this.count += counts[i];
			}
			this.total += stripe.total;
			this.max = Math.max(this.max, stripe.max);
		}

		LatencySnapshot snapshot(long formerMax) {
			if (this.count == 0) {
				return LatencySnapshot.EMPTY;
			}
			long longest = Math.max(this.max, formerMax);
			return new LatencySnapshot(this.count, this.total, this.max, percentile(0.50, longest),
					percentile(0.99, longest));
		}

		private long percentile(double quantile, long longest) {
			long rank = Math.max(1, (long) Math.ceil(this.count * quantile));
			if (rank == this.count) {
				return longest;
			}
			int bucket = 0;
			long seen = this.buckets[0];
			while (seen < rank && bucket < this.buckets.length - 1) {
				bucket++;
				seen += this.buckets[bucket];
			}
			// A lower bound: 'rank' durations are at most the percentile, the others at
			// most the longest. So equal durations show no percentile below their mean.
			double least = (this.total - (double) (this.count - rank) * longest) / rank;
			return Math.min(longest, Math.max(middle(bucket), (long) Math.ceil(least)));
		}

	}

}
