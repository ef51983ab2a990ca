package io.telemetryrouter.internal.dispatch;

import java.util.Arrays;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.Notes;
import io.telemetryrouter.internal.registry.Handler;

/**
 * How many emits went by a route: one count for all its handlers, which is credited to
 * them and to the event when someone reads. Thread-safe.
 * <p>
 * An emit first counts itself and then looks whether the route is retired; retiring sets
 * the mark first and then credits. Whichever way the two interleave, one of them sees the
 * other. A route that has been in use for long saves that: each thread with a lease gets
 * {@linkplain Notes notes} of its own, which it writes without atomic instructions, and
 * which have to be {@linkplain RetiredRoutes read on} once the route is retired. A lease
 * that returns brings what its last thread wrote to the next one.
 *
 * @since 0.1.0
 */
public final class DispatchCount {

	private static final @Nullable Notes[] NONE = {};

	/** Emits after which a route is not likely to be replaced soon. */
	public static final int STEADY = 1_000;

	private final EventStatistics tally;

	private final Handler[] handlers;

	/** What is measured of an emit. */
	private final LatencyHistogram[] measured;

	private final LongAdder shared = new LongAdder();

	/** By lease. Replaced under this. */
	private volatile @Nullable Notes[] notes = NONE;

	/** Emits before there are notes, roughly. */
	private int seen;

	/** Whether all that is measured is one duration, which then is noted once. */
	private final boolean measuredOnce;

	private volatile boolean retired;

	/** Guarded by this. */
	private long credited;

	DispatchCount(EventStatistics tally, Handler[] handlers, LatencyHistogram[] measured, boolean measuredOnce) {
		this.tally = tally;
		this.handlers = handlers;
		this.measured = measured;
		this.measuredOnce = measuredOnce;
	}

	/**
	 * Counts an emit.
	 * @param frame the calling thread's
	 * @return the thread's notes, if it has any
	 */
	@Nullable Notes count(DispatchStack frame) {
		@Nullable Notes[] all = this.notes;
		int lease = frame.lease;
		Notes own = (lease >= 0 && lease < all.length) ? all[lease] : null;
		if (own != null) {
			own.pass();
		}
		else {
			countShared(frame);
		}
		return own;
	}

	private void countShared(DispatchStack frame) {
		if (frame.lease >= 0 && this.seen++ > STEADY) {
			open(frame);
		}
		// Last: had this thread no stack left, nothing was counted.
		count(1);
	}

	/**
	 * Counts emits of whichever threads.
	 * @param emits how many
	 */
	void count(long emits) {
		this.shared.add(emits);
		if (this.retired) {
			credit();
		}
	}

	/**
	 * Returns whether there were so many emits that the route is not likely to be
	 * replaced soon.
	 * @return whether it is in steady use
	 */
	boolean isSteady() {
		return this.notes.length != 0 || this.shared.sum() > STEADY;
	}

	private synchronized void open(DispatchStack frame) {
		@Nullable Notes[] all = Arrays.copyOf(this.notes, Math.max(this.notes.length, frame.lease + 1));
		if (!this.retired && all[frame.lease] == null) {
			all[frame.lease] = new Notes(this.measured, this.measuredOnce ? 1 : this.measured.length, frame.probe);
			this.notes = all;
		}
	}

	/**
	 * Has late emits credit themselves, except those that have notes.
	 * @return whether there are any
	 */
	public boolean retire() {
		synchronized (this) {
			this.retired = true;
		}
		settle();
		return this.notes.length != 0;
	}

	/**
	 * Records what was measured, and credits what was counted to the event and the
	 * handlers.
	 */
	void settle() {
		for (Notes own : this.notes) {
			if (own != null) {
				own.record();
			}
		}
		credit();
	}

	private synchronized void credit() {
		// No part of the sum ever falls, so that each pass is in exactly one difference.
		long sum = this.shared.sum();
		for (Notes own : this.notes) {
			sum += (own != null) ? own.passes() : 0;
		}
		long count = sum - this.credited;
		if (count == 0) {
			return;
		}
		this.credited = sum;
		this.tally.emitted(count, this.handlers.length != 0);
		for (Handler handler : this.handlers) {
			handler.count(Counters.OFFERED, count);
		}
	}

}
