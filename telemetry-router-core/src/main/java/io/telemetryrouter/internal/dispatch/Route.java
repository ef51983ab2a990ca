package io.telemetryrouter.internal.dispatch;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.SampleBuffer;
import io.telemetryrouter.internal.metrics.StripedCounter;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.OfferedEvents;
import io.telemetryrouter.internal.support.Headroom;

/**
 * All handlers of one event name in execution order, compiled once. Immutable except for
 * its dispatch count and its retired flag: a change of handlers invalidates the route,
 * and another one is compiled.
 * <p>
 * There is one dispatch count for all handlers. It is reconciled with the counts of the
 * handlers and of the event when a reader requests them. An emit increments the count
 * first and then checks whether the route is retired; {@link #retire} sets the flag first
 * and then reconciles. In every interleaving one of the two sees the other, so a retired
 * route can be dropped at once.
 */
final class Route implements OfferedEvents, DispatchFrame.Recipients {

	private static final Handler[] NO_HANDLERS = {};

	private static final SyncCall[] NO_CALLS = {};

	private static final NextEvents.Pending[] NOTHING_AWAITED = {};

	final String event;

	final EventStatistics statistics;

	final List<Handler> handlers;

	/**
	 * Whether no handler is meant for the event by its pattern or payload type: at most
	 * catch-all handlers match.
	 */
	final boolean dead;

	/**
	 * The handlers in the order in which an emit reaches them: a synchronous recorder,
	 * lanes, synchronous handlers.
	 */
	final Handler[] recipients;

	final Handler[] async;

	final SyncCall[] sync;

	/** Whether one of the handlers is durable. */
	final boolean durable;

	/**
	 * The recorder, if it is synchronous. It is called before the lanes get the event.
	 */
	final @Nullable SyncCall recorder;

	final NextEvents.Pending[] awaited;

	private final PayloadChecks.@Nullable Guarded check;

	final boolean needsEnvelope;

	private final RouteCache cache;

	private final StripedCounter counted = new StripedCounter();

	private volatile boolean retired;

	/** The part of the count that has been added to the handlers. Guarded by this. */
	private long reconciled;

	Route(String event, EventStatistics statistics, List<Handler> handlers, boolean dead,
			List<NextEvents.Pending> awaited, PayloadChecks.@Nullable Guarded check, RouteCache cache) {
		this.event = event;
		this.statistics = statistics;
		this.handlers = handlers;
		this.dead = dead;
		this.cache = cache;
		this.check = check;
		this.awaited = awaited.toArray(NOTHING_AWAITED);
		this.durable = handlers.stream().anyMatch((handler) -> handler.options.durable);
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
		// The least possible duration of the slowest handler of a slow dispatch.
		long noticeable = this.cache.compiler.slowNanos / this.handlers.size();
		return new SyncCall(handler, this.event, reached, noticeable, this.cache.compiler.ticker);
	}

	/** Returns whether the event has neither a handler nor a future that awaits it. */
	boolean isEmpty() {
		return this.recipients.length == 0 && this.awaited.length == 0;
	}

	/** Returns whether the event has a handler. */
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
	 * Counts events, before any other step of their dispatch. {@code stripeHint}
	 * distributes threads over the stripes of the counter.
	 */
	void count(long events, int stripeHint) {
		if (this.retired) {
			// A counted event must be reconciled, too, which needs stack space.
			Headroom.require();
		}
		this.counted.add(events, stripeHint);
		if (this.retired) {
			reconcile();
		}
	}

	/** Counts an event, counted by the route, as dropped at every handler. */
	void drop(DropReason reason, DispatchFrame frame) {
		for (Handler handler : this.recipients) {
			handler.drop(reason, frame.tracker());
			frame.reached++;
		}
	}

	/** Counts events as offered to and dropped by every handler. */
	void drop(DropReason reason, long events) {
		count(events, 0);
		for (Handler handler : this.handlers) {
			handler.drop(reason, events);
		}
	}

	/**
	 * Returns the number of events that the route has dispatched, including the last
	 * event of the calling thread.
	 */
	long dispatched() {
		return this.counted.sum();
	}

	/** Retires the route: an event that is counted from now on is reconciled at once. */
	void retire() {
		this.retired = true;
		reconcile();
	}

	@Override
	public synchronized void reconcile() {
		// No part of the sum ever decreases, so each event is in exactly one difference.
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
		this.cache.invalidate(this);
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
