package io.telemetryrouter.internal.dispatch;

import java.lang.ref.Reference;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.Notes;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.RouterCore;

/**
 * All handlers of one event name in execution order, compiled once. When handlers come or
 * go the route is {@linkplain RetiredRoutes retired} and compiled anew. Until then
 * nothing changes but how the same handlers are called.
 *
 * @since 0.1.0
 */
public final class Route {

	private static final Handler[] NONE = {};

	private static final SyncCall[] NO_CALLS = {};

	public final String event;

	final EventStatistics tally;

	/** All handlers in the order of the route. */
	public final Handler[] handlers;

	final Handler[] async;

	/** The calls of the handlers that are not asynchronous. */
	final SyncCall[] sync;

	final boolean needsEnvelope;

	/** Whether an emit is one call and nothing else, so that both take equally long. */
	final boolean isOneCall;

	/** What is measured of an emit: each handler's call, and the whole. */
	private final LatencyHistogram[] measured;

	/** What is offered to each of the handlers. */
	public final DispatchCount passes;

	private volatile Calls calls;

	public Route(String event, EventStatistics tally, Handler[] handlers, RouterCore core) {
		this.event = event;
		this.tally = tally;
		this.handlers = handlers;
		this.async = select(handlers, true);
		boolean envelope = false;
		for (Handler handler : handlers) {
			envelope |= handler.needsEnvelope();
		}
		this.needsEnvelope = envelope;
		this.isOneCall = handlers.length == 1 && !envelope;
		this.sync = calls(select(handlers, false), core);
		this.calls = LoopedCalls.of(this.sync);
		this.measured = core.measured() ? histograms() : new LatencyHistogram[0];
		this.passes = new DispatchCount(tally, handlers, this.measured, core.measured() && this.isOneCall);
	}

	private static Handler[] select(Handler[] handlers, boolean async) {
		int count = 0;
		for (Handler handler : handlers) {
			count += ((handler.lane() != null) == async) ? 1 : 0;
		}
		if (count == handlers.length) {
			return handlers;
		}
		Handler[] selected = (count != 0) ? new Handler[count] : NONE;
		int index = 0;
		for (Handler handler : handlers) {
			if ((handler.lane() != null) == async) {
				selected[index++] = handler;
			}
		}
		return selected;
	}

	private SyncCall[] calls(Handler[] handlers, RouterCore core) {
		if (handlers.length == 0) {
			return NO_CALLS;
		}
		// What the slowest handler of a slow dispatch takes at least.
		long noticeable = TimeUnit.NANOSECONDS.convert(core.settings().slowThreshold()) / handlers.length;
		SyncCall[] calls = new SyncCall[handlers.length];
		for (int i = 0; i < calls.length; i++) {
			calls[i] = new SyncCall(handlers[i], this.event, i, this.isOneCall, this.async.length + i + 1, noticeable,
					core);
		}
		return calls;
	}

	private LatencyHistogram[] histograms() {
		LatencyHistogram[] histograms = new LatencyHistogram[this.sync.length + 1];
		for (int i = 0; i < this.sync.length; i++) {
			histograms[i] = this.sync[i].handler().latency;
		}
		histograms[this.sync.length] = this.tally.latency;
		return histograms;
	}

	/**
	 * Returns a handler, in the order in which an emit reaches them: lanes first.
	 * @param index its place
	 * @return the handler
	 */
	public Handler handler(int index) {
		return (index < this.async.length) ? this.async[index] : this.sync[index - this.async.length].handler();
	}

	/**
	 * Calls the synchronous handlers.
	 * @param level the emit's
	 * @param payload the payload
	 */
	void call(DispatchStack.Level level, @Nullable Object payload) {
		this.calls.run(level, payload);
	}

	boolean isInlined() {
		return !(this.calls instanceof LoopedCalls);
	}

	/**
	 * From now on calls the synchronous handlers by other code.
	 * @param calls the {@linkplain #sync same calls}
	 */
	void inline(Calls calls) {
		this.calls = calls;
	}

	/**
	 * Counts an emit, before anything is done for it, and gives its level the thread's
	 * notes, if it has any. A retired route is read on for as long as it is reachable, so
	 * the caller has to keep it that long.
	 * @param level the emit's
	 */
	void pass(DispatchStack.Level level) {
		Notes notes = level.notes;
		if (notes != null && notes.isOf(this.measured)) {
			notes.pass();
		}
		else {
			level.notes = this.passes.count(level.frame);
		}
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
	public void settle() {
		this.passes.settle();
	}

}
