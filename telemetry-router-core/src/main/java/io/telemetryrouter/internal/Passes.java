package io.telemetryrouter.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * How many emits went by a route: one count for all its handlers, which is credited to
 * them and to the event when someone reads. Thread-safe.
 * <p>
 * An emit first counts itself and then looks whether the route is retired; retiring sets
 * the mark first and then credits. Whichever way the two interleave, one of them sees the
 * other. A route that has been in use for long saves that: each thread with a lease gets
 * a cell of its own, which it writes without atomic instructions, and which has to be
 * {@linkplain RetiredRoutes read on} once the route is retired.
 */
final class Passes extends LeaseStripes<long[]> {

	private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

	private static final long[] @Nullable [] NONE = {};

	/** Where a cell counts: in the midst of an array that has no line with others. */
	private static final int COUNT = Padded.LINE;

	/** Emits after which a route is not likely to be replaced soon. */
	static final int STEADY = 1_000;

	private final EventTally tally;

	private final Registration[] handlers;

	private final LongAdder shared = new LongAdder();

	/** Emits before there are cells, roughly. */
	private int seen;

	private volatile boolean retired;

	/** Guarded by this. */
	private long credited;

	Passes(EventTally tally, Registration[] handlers) {
		super(NONE);
		this.tally = tally;
		this.handlers = handlers;
	}

	/**
	 * Counts an emit.
	 * @param frame the calling thread's
	 */
	void count(EmitFrame frame) {
		long[] cell = stripe(frame);
		if (cell != null) {
			LONGS.setRelease(cell, COUNT, cell[COUNT] + 1);
		}
		else {
			if (frame.lease >= 0 && this.seen++ > STEADY) {
				openCell(frame.lease);
			}
			// Last: had this thread no stack left, nothing was counted.
			count(1);
		}
	}

	/**
	 * Counts emits of whichever threads.
	 * @param emits how many
	 */
	void count(long emits) {
		this.shared.add(emits);
		if (this.retired) {
			settle();
		}
	}

	private synchronized void openCell(int lease) {
		if (!this.retired) {
			newStripe(lease);
		}
	}

	/**
	 * Has late emits credit themselves, except those that count in a cell.
	 * @return whether there are cells
	 */
	synchronized boolean retire() {
		this.retired = true;
		settle();
		return stripes().length != 0;
	}

	/**
	 * Credits what was counted to the event and the handlers.
	 */
	synchronized void settle() {
		// No part of the sum ever falls, so that each pass is in exactly one difference.
		long sum = this.shared.sum();
		for (long[] cell : stripes()) {
			sum += (cell != null) ? (long) LONGS.getAcquire(cell, COUNT) : 0;
		}
		long count = sum - this.credited;
		if (count == 0) {
			return;
		}
		this.credited = sum;
		this.tally.emitted(count, this.handlers.length != 0);
		for (Registration handler : this.handlers) {
			handler.count(Counters.OFFERED, count);
		}
	}

	@Override
	long[] create() {
		return new long[2 * COUNT];
	}

}
