package io.telemetryrouter.internal;

import java.util.concurrent.atomic.LongAdder;

/**
 * All handlers of one event name in execution order, compiled once and immutable. When
 * handlers come or go the route is retired and compiled anew.
 * <p>
 * What is offered is counted here, in one add for all handlers of an emit, and credited
 * to them when someone reads. An emit first counts itself and then looks whether the
 * route is retired; retiring sets the mark first and then credits. Whichever way the two
 * interleave, one of them sees the other, and no pass stays uncredited.
 */
final class Route {

	private static final Registration[] NONE = {};

	final String event;

	final EventTally tally;

	/** All handlers in the order of the route. */
	final Registration[] handlers;

	final Registration[] sync;

	final Registration[] async;

	final boolean needsEnvelope;

	/** What the slowest handler of a slow dispatch takes at least, in nanoseconds. */
	final long noticeable;

	private final LongAdder passes = new LongAdder();

	private volatile boolean retired;

	/** Guarded by this. */
	private long credited;

	Route(String event, EventTally tally, Registration[] handlers, long slowNanos) {
		this.event = event;
		this.tally = tally;
		this.handlers = handlers;
		this.sync = select(handlers, false);
		this.async = select(handlers, true);
		boolean envelope = false;
		for (Registration handler : handlers) {
			envelope |= handler.needsEnvelope();
		}
		this.needsEnvelope = envelope;
		this.noticeable = slowNanos / Math.max(1, this.sync.length);
	}

	/**
	 * Returns a handler, in the order in which an emit reaches them: lanes first.
	 * @param index its place
	 * @return the handler
	 */
	Registration handler(int index) {
		return (index < this.async.length) ? this.async[index] : this.sync[index - this.async.length];
	}

	private static Registration[] select(Registration[] handlers, boolean async) {
		int count = 0;
		for (Registration handler : handlers) {
			count += ((handler.lane() != null) == async) ? 1 : 0;
		}
		if (count == handlers.length) {
			return handlers;
		}
		Registration[] selected = (count != 0) ? new Registration[count] : NONE;
		int index = 0;
		for (Registration handler : handlers) {
			if ((handler.lane() != null) == async) {
				selected[index++] = handler;
			}
		}
		return selected;
	}

	/**
	 * Counts one emit as offered to every handler.
	 */
	void enter() {
		this.passes.increment();
		if (this.retired) {
			settle();
		}
	}

	/**
	 * Counts emits as offered to every handler.
	 * @param count the number of emits
	 */
	void enter(long count) {
		this.passes.add(count);
		if (this.retired) {
			settle();
		}
	}

	/**
	 * Credits what was counted to the event and its handlers.
	 */
	synchronized void settle() {
		// The sum never falls, so that each pass is in exactly one difference.
		long sum = this.passes.sum();
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

	/**
	 * Has late passes credited at once: no one will come back to read them.
	 */
	void retire() {
		this.retired = true;
		settle();
	}

}
