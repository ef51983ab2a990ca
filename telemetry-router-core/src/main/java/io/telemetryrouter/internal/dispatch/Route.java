package io.telemetryrouter.internal.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.SampleBuffer;
import io.telemetryrouter.internal.metrics.StripedCounter;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.OfferedEvents;
import io.telemetryrouter.internal.support.Headroom;

/**
 * All handlers of one event name in execution order, compiled once. Immutable but for its
 * dispatch count: when handlers come or go the route is invalidated and another one
 * compiled.
 * <p>
 * The dispatch count is one for all handlers. It is reconciled with theirs, and with that
 * of the event, when a reader asks for it. An emit counts itself first and then checks
 * whether the route is retired; retiring sets the mark first and then reconciles.
 * Whichever way the two interleave, one of them sees the other, so a retired route can be
 * dropped at once.
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

	/**
	 * The handlers in the order in which an emit reaches them: a synchronous recorder,
	 * lanes, synchronous handlers.
	 */
	final Handler[] recipients;

	final Handler[] async;

	final SyncCall[] sync;

	/** Whether a durable handler gets the event. */
	final boolean durable;

	/** The recorder, if it is synchronous: called before lanes have the event. */
	final @Nullable SyncCall recorder;

	final NextEvent[] awaited;

	private final PayloadChecks.@Nullable Guarded check;

	final boolean needsEnvelope;

	private final Routes routes;

	private final StripedCounter counted = new StripedCounter();

	private volatile boolean retired;

	/** How much of the count the handlers know. Guarded by this. */
	private long reconciled;

	Route(String event, EventStatistics statistics, List<Handler> handlers, boolean dead, List<NextEvent> awaited,
			PayloadChecks.@Nullable Guarded check, Routes routes) {
		this.event = event;
		this.statistics = statistics;
		this.handlers = handlers;
		this.dead = dead;
		this.routes = routes;
		this.check = check;
		this.awaited = awaited.toArray(NOTHING_AWAITED);
		this.durable = handlers.stream().anyMatch((handler) -> handler.options.spec.durable());
		this.needsEnvelope = !awaited.isEmpty()
				|| handlers.stream().anyMatch((handler) -> handler.options.needsEnvelope());
		// The recorder is the first of all handlers.
		List<Handler> reached = new ArrayList<>(handlers);
		reached.sort(Comparator.comparing((handler) -> handler.lane() == null && !handler.isRecorder()));
		this.recipients = reached.toArray(NO_HANDLERS);
		List<Handler> async = new ArrayList<>();
		List<SyncCall> sync = new ArrayList<>();
		SyncCall recorder = null;
		for (int i = 0; i < this.recipients.length; i++) {
			Handler handler = this.recipients[i];
			if (handler.lane() != null) {
				async.add(handler);
			}
			else if (handler.isRecorder()) {
				recorder = call(handler, i + 1);
			}
			else {
				sync.add(call(handler, i + 1));
			}
		}
		this.async = async.toArray(NO_HANDLERS);
		this.sync = sync.toArray(NO_CALLS);
		this.recorder = recorder;
	}

	private SyncCall call(Handler handler, int reached) {
		// What the slowest handler of a slow dispatch takes at least.
		long noticeable = this.routes.slowNanos / this.handlers.size();
		return new SyncCall(handler, this.event, reached, noticeable, this.routes.ticker);
	}

	/** Returns whether neither a handler nor a future awaits the event. */
	boolean isEmpty() {
		return this.recipients.length == 0 && this.awaited.length == 0;
	}

	/** Returns whether there is a handler. */
	boolean isHandled() {
		return this.recipients.length != 0;
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

	/**
	 * Counts events, before any other step of their dispatch. The stripe hint spreads
	 * threads that would meet otherwise.
	 */
	void count(long events, int stripeHint) {
		if (this.retired) {
			// Whatever is counted has to be reconciled, which takes some stack.
			Headroom.require();
		}
		this.counted.add(events, stripeHint);
		if (this.retired) {
			reconcile();
		}
	}

	/**
	 * Returns how many events the route has dispatched, this thread's last one included.
	 */
	long dispatched() {
		return this.counted.sum();
	}

	/** Makes events that are counted from now on reconcile at once. */
	void retire() {
		this.retired = true;
		reconcile();
	}

	@Override
	public synchronized void reconcile() {
		// No part of the sum ever falls, so that each event is in exactly one difference.
		long sum = this.counted.sum();
		long count = sum - this.reconciled;
		if (count == 0) {
			return;
		}
		this.reconciled = sum;
		this.statistics.emitted(count, !this.dead);
		for (Handler handler : this.recipients) {
			handler.metrics.counters.add(Counters.OFFERED, count);
		}
	}

	@Override
	public void invalidate() {
		this.routes.invalidate(this);
	}

	@Override
	public int count() {
		return this.recipients.length;
	}

	@Override
	public void notReached(int index) {
		this.recipients[index].metrics.counters.add(Counters.FAILED, 1);
	}

}
