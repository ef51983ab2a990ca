package io.telemetryrouter.internal;

import java.lang.ref.Reference;

import org.jspecify.annotations.Nullable;

/**
 * All handlers of one event name in execution order, compiled once and immutable. When
 * handlers come or go the route is {@linkplain RetiredRoutes retired} and compiled anew.
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

	/** What is measured of an emit: each handler's call, and the whole. */
	private final LatencyHistogram[] measured;

	/** What is offered to each of the handlers. */
	final Passes passes;

	Route(String event, EventTally tally, Registration[] handlers, long slowNanos, boolean measured) {
		this.event = event;
		this.tally = tally;
		this.handlers = handlers;
		this.sync = select(handlers, false);
		this.async = select(handlers, true);
		this.measured = measured ? histograms(this.sync, tally) : new LatencyHistogram[0];
		this.passes = new Passes(tally, handlers, this.measured);
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

	private static LatencyHistogram[] histograms(Registration[] handlers, EventTally tally) {
		LatencyHistogram[] histograms = new LatencyHistogram[handlers.length + 1];
		for (int i = 0; i < handlers.length; i++) {
			histograms[i] = handlers[i].latency;
		}
		histograms[handlers.length] = tally.latency;
		return histograms;
	}

	/**
	 * Counts an emit, before anything is done for it. A retired route is read on for as
	 * long as it is reachable, so the caller has to keep it that long.
	 * @param level the emit's
	 * @return the thread's notes, if it has any
	 */
	@Nullable Notes pass(EmitFrame.Level level) {
		Notes notes = level.notes;
		if (notes != null && notes.isOf(this.measured)) {
			notes.pass();
		}
		else {
			notes = this.passes.count(level.frame);
			level.notes = notes;
		}
		return notes;
	}

	/**
	 * Counts emits of whichever threads.
	 * @param emits how many
	 */
	void pass(long emits) {
		this.passes.count(emits);
		Reference.reachabilityFence(this);
	}

	/**
	 * Records what was measured, and credits what was counted to the event and the
	 * handlers.
	 */
	void settle() {
		this.passes.settle();
	}

}
