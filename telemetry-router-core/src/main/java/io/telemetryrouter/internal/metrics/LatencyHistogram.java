package io.telemetryrouter.internal.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.LatencySnapshot;
import io.telemetryrouter.internal.support.Padded;

/**
 * Counts durations in log-linear buckets, eight to each power of two, so that a
 * percentile read from the middle of its bucket is off by at most 1/16.
 * <p>
 * There are a few stripes, made when first needed, each with a flag that says whether
 * somebody is at it. Who records goes on to the next stripe instead of waiting for one,
 * so that neither a reader nor a thread that has lost its processor holds him up. On the
 * way of an event durations are only {@linkplain Notes noted}, and recorded many at once.
 *
 * @since 0.1.0
 */
public final class LatencyHistogram {

	private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

	private static final VarHandle STRIPES;

	static {
		try {
			STRIPES = MethodHandles.lookup().findVarHandle(LatencyHistogram.class, "stripes", Stripe[].class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** Buckets of a power of two. */
	static final int OCTAVE = 8;

	/** log2 of that. */
	private static final int OCTAVE_BITS = 3;

	/** Durations of 2^42 ns (73 minutes) and more share the last bucket. */
	private static final int MAX_EXPONENT = 41;

	private static final long MAX_VALUE = (1L << (MAX_EXPONENT + 1)) - 1;

	private static final int BUCKETS = (MAX_EXPONENT - OCTAVE_BITS + 2) * OCTAVE;

	/** A power of two. */
	private static final int MAX_STRIPES = 8;

	private static final @Nullable Stripe[] NONE = {};

	/** By probe. */
	private volatile @Nullable Stripe[] stripes = NONE;

	/** What the maximum was before it was reset; percentiles still go back there. */
	private volatile long formerMax;

	/**
	 * Records a duration.
	 * @param nanos the duration; a negative one counts as zero
	 * @param probe spreads those who record at the same time
	 */
	public void record(long nanos, int probe) {
		Stripe stripe = occupy(probe);
		try {
			stripe.add(Math.max(nanos, 0));
		}
		finally {
			// By no call: there may be no stack left for one.
			stripe.occupied = false;
		}
	}

	/**
	 * Records durations that were noted, and takes the notes away.
	 * @param notes the notes, 0 where there is none and otherwise one more than the
	 * duration
	 * @param first where the first is
	 * @param step where the next one is from there
	 * @param probe spreads those who record at the same time
	 * @param twin where they are recorded as well, or {@code null}
	 */
	void recordNoted(long[] notes, int first, int step, int probe, @Nullable LatencyHistogram twin) {
		Stripe stripe = occupy(probe);
		Stripe other = null;
		try {
			other = (twin != null) ? twin.occupy(probe) : null;
			stripe.addNoted(notes, first, step, other);
		}
		finally {
			// By no call: there may be no stack left for one.
			stripe.occupied = false;
			if (other != null) {
				other.occupied = false;
			}
		}
	}

	private Stripe occupy(int probe) {
		int number = probe & (MAX_STRIPES - 1);
		Stripe stripe = stripe(number);
		while (!stripe.occupy()) {
			number = (number + 1) & (MAX_STRIPES - 1);
			stripe = stripe(number);
		}
		return stripe;
	}

	private Stripe stripe(int number) {
		@Nullable Stripe[] all = this.stripes;
		Stripe stripe = (number < all.length) ? all[number] : null;
		return (stripe != null) ? stripe : newStripe(number);
	}

	private Stripe newStripe(int number) {
		while (true) {
			@Nullable Stripe[] all = this.stripes;
			@Nullable Stripe[] extended = Arrays.copyOf(all, Math.max(all.length, number + 1));
			Stripe stripe = extended[number];
			if (stripe != null) {
				return stripe;
			}
			stripe = new Stripe();
			extended[number] = stripe;
			if (STRIPES.compareAndSet(this, all, extended)) {
				return stripe;
			}
		}
	}

	/**
	 * Returns the bucket of a duration.
	 * @param nanos the duration, not negative
	 * @return the bucket's number
	 */
	private static int bucket(long nanos) {
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
	 * @return the exact number
	 */
	public long count() {
		long count = 0;
		for (Stripe stripe : this.stripes) {
			count += (stripe != null) ? stripe.count() : 0;
		}
		return count;
	}

	/**
	 * Returns the distribution.
	 * @return the distribution, exact when nobody records meanwhile
	 */
	public LatencySnapshot snapshot() {
		long[] buckets = new long[BUCKETS];
		long total = 0;
		long max = 0;
		for (Stripe stripe : this.stripes) {
			if (stripe != null) {
				boolean alone = stripe.await();
				stripe.addTo(buckets);
				total += stripe.total;
				max = Math.max(max, stripe.max);
				if (alone) {
					stripe.occupied = false;
				}
			}
		}
		long count = Arrays.stream(buckets).sum();
		if (count == 0) {
			return LatencySnapshot.EMPTY;
		}
		long longest = Math.max(max, this.formerMax);
		return new LatencySnapshot(count, total, max, Math.min(longest, percentile(buckets, count, 0.50)),
				Math.min(longest, percentile(buckets, count, 0.99)));
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

	/**
	 * Forgets the maximum.
	 */
	public synchronized void resetMax() {
		long former = this.formerMax;
		for (Stripe stripe : this.stripes) {
			if (stripe != null && stripe.await()) {
				former = Math.max(former, stripe.max);
				stripe.max = 0;
				stripe.occupied = false;
			}
		}
		this.formerMax = former;
	}

	/**
	 * A part of the histogram that one thread at a time is at. There are buckets only
	 * around the durations seen so far.
	 */
	public static final class Stripe extends Padded {

		private static final VarHandle OCCUPIED;

		private static final VarHandle COUNT;

		static {
			try {
				MethodHandles.Lookup lookup = MethodHandles.lookup();
				OCCUPIED = lookup.findVarHandle(Stripe.class, "occupied", boolean.class);
				COUNT = lookup.findVarHandle(Stripe.class, "count", long.class);
			}
			catch (ReflectiveOperationException ex) {
				throw new ExceptionInInitializerError(ex);
			}
		}

		private static final long[] NO_BUCKETS = {};

		private static final int SPINS = 10;

		/** With a pause after each but the first: half a second and more. */
		private static final int ATTEMPTS = 10_000;

		private static final long PAUSE_NANOS = 50_000;

		private volatile boolean occupied;

		/** The number of the first bucket. */
		private int first;

		private long[] buckets = NO_BUCKETS;

		private long total;

		private long max;

		private long count;

		boolean occupy() {
			return !this.occupied && OCCUPIED.compareAndSet(this, false, true);
		}

		/**
		 * Waits until nobody is at it, but not for ever: a debugger may hold who is.
		 * @return {@code false} if somebody still is; what he records may then be seen in
		 * part
		 */
		boolean await() {
			for (int i = 0; i < ATTEMPTS; i++) {
				if (occupy()) {
					return true;
				}
				if (i < SPINS) {
					Thread.onSpinWait();
				}
				else {
					LockSupport.parkNanos(this, PAUSE_NANOS);
				}
			}
			return false;
		}

		void add(long nanos) {
			int bucket = bucket(nanos);
			if (bucket < this.first || bucket >= this.first + this.buckets.length) {
				extend(bucket);
			}
			// Nothing fails halfway from here: no call needs stack or memory.
			this.buckets[bucket - this.first]++;
			this.total += nanos;
			if (nanos > this.max) {
				this.max = nanos;
			}
			this.count++;
		}

		/**
		 * Adds what was noted.
		 * <p>
		 * The inner loop calls nothing, so that all that it needs stays in registers. The
		 * method is larger than what HotSpot compiles into its callers (325 bytes of
		 * bytecode), where there are few left: as a part of every emit it took twice as
		 * long.
		 * @param notes the notes
		 * @param start where the first is
		 * @param step where the next one is from there
		 * @param twin what they are added to as well, or {@code null}
		 */
		void addNoted(long[] notes, int start, int step, @Nullable Stripe twin) {
			long added = 0;
			long sum = 0;
			long longest = 0;
			try {
				int next = start;
				while (next < notes.length) {
					long[] counts = this.buckets;
					int from = this.first;
					long[] twinCounts = (twin != null) ? twin.buckets : counts;
					int twinFrom = (twin != null) ? twin.first : from;
					int bucket = -1;
					for (; next < notes.length; next += step) {
						long note = (long) LONGS.getOpaque(notes, next);
						if (note == 0) {
							continue;
						}
						long nanos = note - 1;
						bucket = bucket(nanos);
						int index = bucket - from;
						int twinIndex = bucket - twinFrom;
						if (index < 0 || index >= counts.length || twinIndex < 0 || twinIndex >= twinCounts.length) {
							break;
						}
						counts[index]++;
						if (twin != null) {
							twinCounts[twinIndex]++;
						}
						notes[next] = 0;
						added++;
						sum += nanos;
						if (nanos > longest) {
							longest = nanos;
						}
					}
					if (next < notes.length) {
						extend(bucket);
						if (twin != null) {
							twin.extend(bucket);
						}
					}
				}
			}
			finally {
				// By no call: there may be no stack left for one.
				this.total += sum;
				this.count += added;
				if (longest > this.max) {
					this.max = longest;
				}
				if (twin != null) {
					twin.total += sum;
					twin.count += added;
					if (longest > twin.max) {
						twin.max = longest;
					}
				}
			}
		}

		private void extend(int bucket) {
			// Durations scatter: a power of two more on either side.
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

		void addTo(long[] sums) {
			long[] counts = this.buckets;
			int from = this.first;
			for (int i = 0; i < counts.length && from + i < sums.length; i++) {
				sums[from + i] += counts[i];
			}
		}

		/**
		 * Returns how many durations were recorded, at any time.
		 * @return the exact number
		 */
		public long count() {
			return (long) COUNT.getOpaque(this);
		}

	}

}
