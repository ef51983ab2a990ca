package io.telemetryrouter.internal.dispatch;

import java.util.ArrayList;
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

	/** Whether a durable handler gets the event. */
	final boolean durable;

	/** The recorder, if it is synchronous: called before lanes have the event. */
	final @Nullable SyncCall recorder;

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
		this.durable = handlers.stream().anyMatch((handler) -> handler.options.spec.durable());
		this.sync = calls(handlers);
		this.recorder = recorder(handlers);
		this.count = new DispatchCount(statistics, handlers, dead);
	}

	private static Handler[] async(List<Handler> handlers) {
		Handler[] async = handlers.stream().filter((handler) -> handler.lane() != null).toArray(Handler[]::new);
		return (async.length != 0) ? async : NO_HANDLERS;
	}

	private SyncCall[] calls(List<Handler> handlers) {
		List<Handler> sync = handlers.stream().filter((handler) -> handler.lane() == null).toList();
		List<SyncCall> calls = new ArrayList<>();
		for (int i = 0; i < sync.size(); i++) {
			if (!sync.get(i).isRecorder()) {
				calls.add(call(sync.get(i), this.async.length + i + 1, sync.size()));
			}
		}
		return calls.isEmpty() ? NO_CALLS : calls.toArray(NO_CALLS);
	}

	private @Nullable SyncCall recorder(List<Handler> handlers) {
		Handler first = handlers.isEmpty() ? null : handlers.get(0);
		return (first != null && first.isRecorder() && first.lane() == null) ? call(first, 1, this.sync.length + 1)
				: null;
	}

	private SyncCall call(Handler handler, int reached, int calls) {
		// What the slowest handler of a slow dispatch takes at least.
		long noticeable = this.routes.slowNanos() / calls;
		return new SyncCall(handler, this.event, reached, noticeable, this.routes.ticker());
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
		return this.async.length + this.sync.length + ((this.recorder != null) ? 1 : 0);
	}

	/**
	 * Returns a handler, in the order in which an emit reaches them: a synchronous
	 * recorder, lanes, synchronous handlers.
	 */
	Handler recipient(int index) {
		int next = index;
		if (this.recorder != null && next-- == 0) {
			return this.recorder.handler();
		}
		return (next < this.async.length) ? this.async[next] : this.sync[next - this.async.length].handler();
	}

	@Override
	public void notReached(int index) {
		recipient(index).metrics.counters.add(Counters.FAILED, 1);
	}

}
