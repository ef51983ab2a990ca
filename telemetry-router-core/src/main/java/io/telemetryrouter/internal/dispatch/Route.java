package io.telemetryrouter.internal.dispatch;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.SampleBuffer;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.OfferedEvents;

/**
 * All handlers of one event name in execution order, compiled once. Immutable but for its
 * count: when handlers come or go the route is invalidated and another one compiled.
 */
final class Route implements OfferedEvents, DispatchFrame.Recipients {

	private static final Handler[] NO_HANDLERS = {};

	private static final SyncCall[] NO_CALLS = {};

	private static final NextEvent[] NOTHING_AWAITED = {};

	final String event;

	final EventStatistics statistics;

	final List<Handler> handlers;

	/** Whether no handler means the event: there are those of all events at most. */
	final boolean dead;

	final Handler[] async;

	final SyncCall[] sync;

	final NextEvent[] awaited;

	private final PayloadChecks.@Nullable Guarded check;

	final boolean needsEnvelope;

	private final DispatchCount count;

	private final Routes routes;

	Route(String event, EventStatistics statistics, List<Handler> handlers, boolean dead, List<NextEvent> awaited,
			PayloadChecks.@Nullable Guarded check, Routes routes) {
		this.event = event;
		this.statistics = statistics;
		this.handlers = handlers;
		this.dead = dead;
		this.routes = routes;
		this.check = check;
		this.async = async(handlers);
		this.awaited = awaited.isEmpty() ? NOTHING_AWAITED : awaited.toArray(NOTHING_AWAITED);
		boolean envelope = !awaited.isEmpty();
		for (Handler handler : handlers) {
			envelope |= handler.options.needsEnvelope();
		}
		this.needsEnvelope = envelope;
		this.sync = calls(handlers);
		this.count = new DispatchCount(statistics, handlers, dead);
	}

	private static Handler[] async(List<Handler> handlers) {
		Handler[] async = handlers.stream().filter((handler) -> handler.lane() != null).toArray(Handler[]::new);
		return (async.length != 0) ? async : NO_HANDLERS;
	}

	private SyncCall[] calls(List<Handler> handlers) {
		int length = handlers.size() - this.async.length;
		if (length == 0) {
			return NO_CALLS;
		}
		// What the slowest handler of a slow dispatch takes at least.
		long noticeable = this.routes.slowNanos() / length;
		SyncCall[] calls = new SyncCall[length];
		int index = 0;
		for (Handler handler : handlers) {
			if (handler.lane() == null) {
				calls[index] = new SyncCall(handler, this.event, this.async.length + index + 1, noticeable,
						this.routes.ticker());
				index++;
			}
		}
		return calls;
	}

	/** Returns whether neither a handler nor a future awaits the event. */
	boolean isEmpty() {
		return this.handlers.isEmpty() && this.awaited.length == 0;
	}

	/** Returns whether there is a handler. */
	boolean isHandled() {
		return count() != 0;
	}

	/** Checks a payload, if the event has a check. */
	void check(@Nullable Object payload) {
		if (this.check != null) {
			this.check.run(payload);
		}
	}

	void call(DispatchFrame frame, @Nullable Object payload) {
		for (SyncCall call : this.sync) {
			call.run(frame, payload);
		}
	}

	void callMeasured(DispatchFrame frame, @Nullable Object payload, @Nullable SampleBuffer buffer) {
		for (SyncCall call : this.sync) {
			call.runMeasured(frame, payload, buffer);
		}
	}

	/** Counts events, before any other step of their dispatch. */
	void count(long events, int stripeHint) {
		this.count.add(events, stripeHint);
	}

	/**
	 * Returns how many events the route has dispatched, this thread's last one included.
	 */
	long dispatched() {
		return this.count.sum();
	}

	/** Makes events that are counted from now on reconcile at once. */
	void retire() {
		this.count.retire();
	}

	@Override
	public void reconcile() {
		this.count.reconcile();
	}

	@Override
	public void invalidate() {
		this.routes.invalidate(this);
	}

	@Override
	public int count() {
		return this.async.length + this.sync.length;
	}

	/** Returns a handler, in the order in which an emit reaches them: lanes first. */
	Handler recipient(int index) {
		return (index < this.async.length) ? this.async[index] : this.sync[index - this.async.length].handler();
	}

	@Override
	public void notReached(int index) {
		recipient(index).metrics.counters.add(Counters.FAILED, 1);
	}

}
