package io.telemetryrouter.internal.dispatch;

import java.util.BitSet;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.internal.event.Cause;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.RecursionLimit;
import io.telemetryrouter.internal.event.RunBinding;
import io.telemetryrouter.internal.event.SpanMark;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.lane.ContextPropagation;
import io.telemetryrouter.internal.lane.Recording;
import io.telemetryrouter.internal.metrics.SampleBuffer;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Dispatches each event from its route to its handlers.
 * <p>
 * A synchronous recorder gets the event first. Then the event is added to the queues of
 * all lanes, the lanes are woken, and the synchronous handlers run. So in every queue an
 * event comes before the events that it causes in synchronous handlers, and in
 * asynchronous handlers that were idle. A synchronous handler that hangs delays the event
 * on no lane.
 * <p>
 * On a route of payload handlers whose gates are open, a dispatch takes no lock and
 * allocates nothing. If latency is measured, it reads the clock once before the first
 * handler and once after each.
 */
public final class Dispatcher {

	/**
	 * The number of first dispatches of a route that are not reported as slow: they load
	 * classes.
	 */
	private static final int FIRST_CALLS = 10;

	private final EnvelopeSource envelopes;

	private final SampleBuffers samples;

	private final NextEvents nextEvents;

	private final Reporter reporter;

	private final Ticker ticker;

	private final Limits limits;

	private final ContextPropagation context;

	private final Recording recording;

	/** Written once, by the close: every later event counts as dropped. */
	volatile boolean closed;

	public Dispatcher(EnvelopeSource envelopes, SampleBuffers samples, NextEvents nextEvents, Reporter reporter,
			Ticker ticker, Limits limits, ContextPropagation context, Recording recording) {
		this.envelopes = envelopes;
		this.samples = samples;
		this.nextEvents = nextEvents;
		this.reporter = reporter;
		this.ticker = ticker;
		this.limits = limits;
		this.context = context;
		this.recording = recording;
	}

	/**
	 * Dispatches an event, of a span if {@code span} is given. {@code held} is its
	 * envelope, if it has one already; a held event does. No exception thrown by a
	 * handler propagates past this method. If this method itself ends early, for example
	 * by a stack overflow, the event is counted later for the handlers not reached:
	 * counting it here would take another call.
	 */
	void dispatch(Route route, @Nullable Object payload, @Nullable EmitTracker tracker, @Nullable SpanMark span,
			@Nullable Envelope<?> held) {
		if (route.isEmpty()) {
			route.count(1, (int) Thread.currentThread().getId());
			if (this.closed) {
				this.reporter.emittedLate(route.event);
			}
			return;
		}
		DispatchStack stack = DispatchStacks.acquire();
		try {
			dispatch(route, payload, tracker, span, held, stack);
		}
		finally {
			// Inlined on purpose: a call could overflow the stack.
			if (--stack.uses == 0) {
				stack.release();
			}
		}
	}

	/** Dispatches an event that was held or recorded, inside of its run. */
	void dispatch(Route route, Envelope<?> event) {
		RunBinding outer = RunBinding.enter(event.run());
		try {
			dispatch(route, event.payload(), event.tracker(), null, event);
		}
		finally {
			RunBinding.restore(outer);
		}
	}

	private void dispatch(Route route, @Nullable Object payload, @Nullable EmitTracker tracker, @Nullable SpanMark span,
			@Nullable Envelope<?> held, DispatchStack stack) {
		Cause parent = (held != null) ? held.parent() : stack.cause();
		DispatchFrame frame = stack.enter(route.event, parent);
		boolean counted = false;
		try {
			route.count(1, stack.stripeHint);
			counted = true;
			if (tracker != null) {
				frame.tracker(tracker);
			}
			if (span != null) {
				frame.span(span);
			}
			if (this.closed) {
				route.drop(DropReason.CLOSED, frame);
				this.reporter.emittedLate(route.event);
			}
			else if (parent != null && !this.limits.recursion.permits(parent)) {
				route.drop(DropReason.RECURSION, frame);
				if (parent.claimReport()) {
					this.reporter.recursion(parent.chain(route.event), this.limits.recursion.maxDepth(),
							this.limits.recursion.maxNestedEmits());
				}
			}
			else if (this.limits.measured) {
				runMeasured(route, payload, frame, held);
			}
			else {
				run(route, payload, frame, held);
			}
		}
		catch (Throwable ex) {
			if (counted) {
				frame.undelivered = route;
			}
			throw ex;
		}
		finally {
			// Inlined on purpose. With no stack left, a call to exit() would overflow
			// too, the depth would stay too high, and every later emit of this thread
			// would count as nested.
			stack.depth--;
			frame.clear();
		}
	}

	private void run(Route route, @Nullable Object payload, DispatchFrame frame, @Nullable Envelope<?> held) {
		if (route.needsEnvelope) {
			prepare(route, payload, frame, this.ticker.now(), held, null);
		}
		route.call(frame, payload);
	}

	private void runMeasured(Route route, @Nullable Object payload, DispatchFrame frame, @Nullable Envelope<?> held) {
		SampleBuffer buffer = this.samples.get(frame.stack.slot);
		long start = this.ticker.now();
		frame.splitAt = start;
		if (route.needsEnvelope) {
			prepare(route, payload, frame, start, held, buffer);
			frame.splitAt = this.ticker.now();
		}
		route.callMeasured(frame, payload, buffer);
		long nanos = frame.splitAt - start;
		if (route.isHandled()) {
			route.statistics.latency.record(nanos, buffer);
		}
		if (nanos > this.limits.slowNanos) {
			slow(route, frame, nanos);
		}
	}

	private void slow(Route route, DispatchFrame frame, long nanos) {
		route.statistics.slow();
		if (route.dispatched() > FIRST_CALLS) {
			boolean noticeable = frame.longest >= nanos / 10;
			this.reporter.slowDispatch(route.event, nanos, this.limits.slowNanos, noticeable ? frame.slowest : null,
					frame.slowestHandler, frame.longest, route.statistics.slowReports);
		}
	}

	private void took(String callback, DispatchFrame frame) {
		if (this.limits.measured) {
			frame.took(callback, null, frame.split(this.ticker.now()));
		}
	}

	/**
	 * Creates the envelope, and offers it to the recorder, the lanes and the futures that
	 * await it.
	 */
	private void prepare(Route route, @Nullable Object payload, DispatchFrame frame, long now,
			@Nullable Envelope<?> held, @Nullable SampleBuffer buffer) {
		Envelope<?> envelope = (held != null) ? held : envelope(route, payload, now, frame);
		if (route.sync.length != 0 || route.awaited.length != 0 || route.recorder != null) {
			// Only synchronous handlers and filters use the envelope of the frame, as the
			// cause of their emits, for example. Without them the write is saved: it
			// costs a barrier.
			frame.envelope(envelope);
		}
		BitSet full = route.durable ? queueDurably(route, payload, envelope, frame, buffer)
				: queue(route, payload, envelope, frame, buffer);
		for (Handler handler : route.async) {
			handler.wake();
		}
		if (full != null) {
			awaitRoom(route.async, full, envelope, frame);
		}
		if (route.awaited.length != 0) {
			this.nextEvents.offer(route, envelope, frame);
			took("filter of an awaited event", frame);
		}
	}

	private @Nullable BitSet queueDurably(Route route, @Nullable Object payload, Envelope<?> envelope,
			DispatchFrame frame, @Nullable SampleBuffer buffer) {
		frame.recording = this.recording;
		try {
			return queue(route, payload, envelope, frame, buffer);
		}
		finally {
			frame.recording = null;
		}
	}

	/**
	 * Offers an event to the recorder and to the lanes. Returns the indexes of the lanes
	 * that the emitter has to wait for, or {@code null}.
	 */
	private @Nullable BitSet queue(Route route, @Nullable Object payload, Envelope<?> envelope, DispatchFrame frame,
			@Nullable SampleBuffer buffer) {
		if (route.recorder != null) {
			record(route.recorder, payload, frame, buffer);
		}
		Handler[] handlers = route.async;
		BitSet full = null;
		for (int i = 0; i < handlers.length; i++) {
			if (!offer(handlers[i], payload, envelope, frame)) {
				full = (full != null) ? full : new BitSet(handlers.length);
				full.set(i);
			}
			frame.reached++;
		}
		return full;
	}

	private void record(SyncCall recorder, @Nullable Object payload, DispatchFrame frame,
			@Nullable SampleBuffer buffer) {
		if (this.limits.measured) {
			recorder.runMeasured(frame, payload, buffer);
		}
		else {
			recorder.run(frame, payload);
		}
		frame.running(0);
	}

	private static void awaitRoom(Handler[] handlers, BitSet full, Envelope<?> envelope, DispatchFrame frame) {
		// One start time for all lanes: the emitter waits for one timeout in total, not
		// for one per lane.
		long since = System.nanoTime();
		for (int i = full.nextSetBit(0); i >= 0; i = full.nextSetBit(i + 1)) {
			handlers[i].awaitRoom(envelope, since, frame);
		}
	}

	/** Offers an event. Returns {@code false} if the emitter has to wait for room. */
	private boolean offer(Handler handler, @Nullable Object payload, Envelope<?> envelope, DispatchFrame frame) {
		try {
			if (handler.admission.admit(payload, envelope, frame)) {
				return handler.offer(envelope, frame.stack);
			}
		}
		catch (Throwable ex) {
			// An error of the router itself, for example an OutOfMemoryError. It counts
			// as a failure of this handler; the other handlers still get the event.
			handler.failures.failed(envelope.name(), envelope, ex, -1, frame.stack, frame.tracker());
		}
		return true;
	}

	private Envelope<?> envelope(Route route, @Nullable Object payload, long now, DispatchFrame frame) {
		Object context = null;
		if (route.async.length != 0 && this.context.carrier() != null) {
			context = this.context.capture(frame);
			took("context carrier", frame);
		}
		return this.envelopes.envelope(route.event, payload, now, frame.parent(), context, frame.tracker(),
				frame.span());
	}

	/** Creates the envelope of an event that is held until the router starts. */
	Envelope<?> envelope(String event, @Nullable Object payload, @Nullable EmitTracker tracker,
			@Nullable SpanMark span) {
		return DispatchStacks.inside(event, (frame) -> this.envelopes.envelope(event, payload, this.ticker.now(),
				frame.parent(), this.context.capture(frame), tracker, span));
	}

	/**
	 * The limit of nested emits, the nanoseconds above which a dispatch is slow, and
	 * whether latency is measured.
	 */
	public record Limits(RecursionLimit recursion, long slowNanos, boolean measured) {
	}

}
