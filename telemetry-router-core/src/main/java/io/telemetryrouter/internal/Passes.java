package io.telemetryrouter.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;

/**
 * How many emits went by a route: one count for all its handlers, which is credited to
 * them and to the event when someone reads. Thread-safe.
 */
final class Passes extends LeaseStripes<Passes.Cell> {

	private static final VarHandle COUNT;

	static {
		try {
			COUNT = MethodHandles.lookup().findVarHandle(Cell.class, "count", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private static final @Nullable Cell[] NONE = {};

	private final EventTally tally;

	private final Registration[] handlers;

	private final boolean kept;

	/** Counted by threads without a lease. */
	private final LongAdder shared = new LongAdder();

	/** Guarded by this. */
	private long credited;

	/**
	 * Creates the count of a route.
	 * @param tally what counts the event
	 * @param handlers the route's handlers
	 * @param kept whether somebody will come back to read; if not, each pass is credited
	 * at once
	 */
	Passes(EventTally tally, Registration[] handlers, boolean kept) {
		super(NONE);
		this.tally = tally;
		this.handlers = handlers;
		this.kept = kept;
	}

	/**
	 * Counts an emit.
	 * @param frame the calling thread's
	 */
	void count(EmitFrame frame) {
		Cell cell = stripe(frame);
		if (cell != null) {
			cell.increment();
		}
		else if (frame.lease >= 0 && this.kept) {
			newStripe(frame.lease).increment();
		}
		else {
			count(1);
		}
	}

	/**
	 * Counts emits of whichever threads.
	 * @param emits how many
	 */
	void count(long emits) {
		this.shared.add(emits);
		if (!this.kept) {
			settle();
		}
	}

	/**
	 * Credits what was counted to the event and the handlers.
	 */
	synchronized void settle() {
		// No part of the sum ever falls, so that each pass is in exactly one difference.
		long sum = this.shared.sum();
		for (Cell cell : stripes()) {
			sum += (cell != null) ? (long) COUNT.getAcquire(cell) : 0;
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
	Cell create() {
		return new Cell();
	}

	/** What one thread counts. */
	static final class Cell extends Padded {

		private long count;

		private void increment() {
			COUNT.setRelease(this, this.count + 1);
		}

	}

}
