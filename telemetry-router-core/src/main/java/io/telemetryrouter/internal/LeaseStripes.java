package io.telemetryrouter.internal;

import java.util.Arrays;

import org.jspecify.annotations.Nullable;

/**
 * Something that each thread with a {@linkplain EmitFrame#lease lease} has to itself, so
 * that it writes without atomic instructions. Made when first needed. A lease that
 * returns brings what its last thread wrote to the next one.
 *
 * @param <T> the type of a stripe
 */
abstract class LeaseStripes<T> {

	/** By lease. Replaced under this. */
	private volatile @Nullable T[] stripes;

	LeaseStripes(@Nullable T[] none) {
		this.stripes = none;
	}

	/**
	 * Returns what the calling thread has to itself.
	 * @param frame the calling thread's
	 * @return its stripe, or {@code null} if it has no lease or no stripe yet
	 */
	final @Nullable T stripe(EmitFrame frame) {
		@Nullable T[] all = this.stripes;
		int lease = frame.lease;
		return (lease >= 0 && lease < all.length) ? all[lease] : null;
	}

	/**
	 * Makes a stripe, unless an earlier thread with the lease has left one.
	 * @param lease the calling thread's
	 * @return its stripe
	 */
	final synchronized T newStripe(int lease) {
		@Nullable T[] all = Arrays.copyOf(this.stripes, Math.max(this.stripes.length, lease + 1));
		T stripe = all[lease];
		if (stripe == null) {
			stripe = create();
			all[lease] = stripe;
			this.stripes = all;
		}
		return stripe;
	}

	/**
	 * Returns the stripes of all leases.
	 * @return the stripes, {@code null} where there is none
	 */
	final @Nullable T[] stripes() {
		return this.stripes;
	}

	abstract T create();

}
