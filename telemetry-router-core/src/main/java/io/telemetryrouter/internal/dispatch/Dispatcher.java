package io.telemetryrouter.internal.dispatch;

import java.lang.ref.Reference;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.DropReason;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.RouterSettings;
import io.telemetryrouter.internal.event.Cause;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;

/**
 * The way of one event, from its route to its handlers.
 * <p>
 * Lanes are offered the event first, then synchronous handlers run. So an event that a
 * handler emits in turn comes after its cause in every queue, and a synchronous handler
 * that hangs withholds the event from no lane.
 * <p>
 * On a route of open payload handlers the way takes no lock and allocates nothing. The
 * clock is read once before the first handler and once after each.
 *
 * @since 0.1.0
 */
public final class Dispatcher {

	private final RouterCore core;

	private final DispatchStacks frames;

	private final boolean measured;

	private final @Nullable ContextCarrier carrier;

	private final int maxDepth;

	private final int maxNestedEmits;

	private final long slowNanos;

	/** Null for the system's own, which is called directly. */
	private final @Nullable LongSupplier nanoTime;

	private volatile boolean closed;

	public Dispatcher(RouterCore core) {
		this.core = core;
		this.frames = core.frames();
		RouterSettings settings = core.settings();
		this.measured = settings.measureLatency();
		this.carrier = settings.contextCarrier();
		this.maxDepth = settings.maxDepth();
		this.maxNestedEmits = settings.maxNestedEmits();
		this.nanoTime = settings.nanoTime();
		this.slowNanos = TimeUnit.NANOSECONDS.convert(settings.slowThreshold());
	}

	private long now() {
		return (this.nanoTime != null) ? this.nanoTime.getAsLong() : System.nanoTime();
	}

	public boolean isClosed() {
		return this.closed;
	}

	/**
	 * From now on counts every event as dropped.
	 */
	public void close() {
		this.closed = true;
	}

	/**
	 * Dispatches an event. Throws nothing of a handler's. Where it ends early itself, as
	 * on a thread that has used up its stack, it leaves to be counted whom it did not
	 * reach. (It can count nothing then: that would be one more call.)
	 * @param route the route
	 * @param payload the payload
	 * @param tracker who follows the emit, if anyone
	 * @param held the envelope of an event that was held, if it was
	 */
	public void dispatch(Route route, @Nullable Object payload, @Nullable EmitTracker tracker,
			@Nullable Envelope<?> held) {
		if (route.handlers.length == 0) {
			route.pass(1);
			return;
		}
		DispatchStack frame = this.frames.current();
		Cause parent = (held != null) ? held.parent() : frame.cause();
		DispatchStack.Level level = frame.enter(route.event, parent);
		boolean passed = false;
		try {
			route.pass(level);
			passed = true;
			if (tracker != null) {
				level.tracker(tracker);
			}
			if (this.closed) {
				drop(route, DropReason.CLOSED, level);
			}
			else if (parent != null && !parent.permits(this.maxDepth, this.maxNestedEmits)) {
				drop(route, DropReason.RECURSION, level);
				this.core.reporter().recursion(parent, route.event);
			}
			else if (this.measured) {
				runMeasured(route, payload, level, held);
			}
			else {
				if (route.needsEnvelope) {
					prepare(route, payload, level, now(), held);
				}
				route.call(level, payload);
			}
		}
		catch (Throwable ex) {
			if (passed) {
				level.owed = route;
			}
			throw ex;
		}
		finally {
			// Not by a call: a caller that has used up its stack has none left for one,
			// and all its later events would count as nested in this one.
			frame.depth--;
			level.clear();
			Reference.reachabilityFence(route);
		}
	}

	/**
	 * Makes the envelope, and offers it to the lanes.
	 * @param route the route
	 * @param payload the payload
	 * @param level the emit's
	 * @param now the time, on the monotonic clock
	 * @param held the envelope of an event that was held, if it was
	 */
	private void prepare(Route route, @Nullable Object payload, DispatchStack.Level level, long now,
			@Nullable Envelope<?> held) {
		Envelope<?> envelope = (held != null) ? held : envelope(route, payload, now, level);
		if (route.sync.length != 0) {
			// Whose emits it causes. Only then: the store costs a barrier.
			level.envelope(envelope);
		}
		for (Handler handler : route.async) {
			offer(handler, payload, envelope, level);
			level.reached++;
		}
	}

	private void offer(Handler handler, @Nullable Object payload, Envelope<?> envelope, DispatchStack.Level level) {
		Lane lane = handler.lane();
		if (lane == null) {
			return;
		}
		EmitTracker tracker = envelope.tracker();
		try {
			if ((handler.isOpen() && handler.accepts(payload))
					|| handler.admit(envelope.name(), payload, envelope, tracker)) {
				lane.offer(envelope, level.frame);
			}
		}
		catch (Throwable ex) {
			// Ours, such as no memory for a segment: count it and let the others have it.
			handler.fail(envelope.name(), ex, -1, level.frame, tracker);
		}
	}

	private void runMeasured(Route route, @Nullable Object payload, DispatchStack.Level level,
			@Nullable Envelope<?> held) {
		// Rows are for emits one after another, not within one another.
		level.noting = level.notes != null && level.frame.depth == 1 && level.notes.begin();
		long start = now();
		level.start(start);
		if (route.needsEnvelope) {
			prepare(route, payload, level, start, held);
			level.start(now());
		}
		route.call(level, payload);
		long nanos = level.lapped() - start;
		if (!route.isOneCall || !level.noting) {
			level.record(route.tally.latency, route.sync.length, nanos);
		}
		finish(route, nanos, level);
	}

	private void finish(Route route, long nanos, DispatchStack.Level level) {
		EventStatistics tally = route.tally;
		if (nanos > this.slowNanos) {
			tally.slow();
			this.core.reporter().slowDispatch(tally, route.event, nanos, level.slowest(), level.longest());
		}
		for (LongConsumer recorder : tally.recorders()) {
			try {
				recorder.accept(nanos);
			}
			catch (Throwable ex) {
				this.core.reporter().callbackFailed("Dispatch recorder", ex);
			}
		}
	}

	private Envelope<?> envelope(Route route, @Nullable Object payload, long now, DispatchStack.Level level) {
		Object context = (route.async.length != 0) ? capture(level.frame) : null;
		return this.core.envelopes().envelope(route.event, payload, now, level.parent(), context, level.tracker());
	}

	/**
	 * Makes the envelope of an event that is held until handlers are known.
	 * @param event the event's name
	 * @param payload its payload
	 * @param tracker who follows the emit, if anyone
	 * @return the envelope
	 */
	public Envelope<?> hold(String event, @Nullable Object payload, @Nullable EmitTracker tracker) {
		DispatchStack frame = this.frames.current();
		return this.core.envelopes().envelope(event, payload, now(), frame.cause(), capture(frame), tracker);
	}

	private @Nullable Object capture(DispatchStack frame) {
		if (this.carrier == null || frame.capturing) {
			// What a carrier itself emits has no context, or there would be no end.
			return null;
		}
		frame.capturing = true;
		try {
			return this.carrier.capture();
		}
		catch (Throwable ex) {
			this.core.reporter().callbackFailed("Context carrier", ex);
			return null;
		}
		finally {
			frame.capturing = false;
		}
	}

	/**
	 * Counts an event as dropped at every handler of a route, which it has entered.
	 * @param route the route
	 * @param reason why
	 * @param level the emit's
	 */
	private static void drop(Route route, DropReason reason, DispatchStack.Level level) {
		for (int i = 0; i < route.handlers.length; i++) {
			route.handler(i).drop(reason, level.tracker());
			level.reached++;
		}
	}

	/**
	 * Counts events of a name as offered and dropped at every handler of a route.
	 * @param route the route
	 * @param reason why
	 * @param count how many events
	 */
	public static void drop(Route route, DropReason reason, long count) {
		route.pass(count);
		for (Handler handler : route.handlers) {
			handler.drop(reason, count);
		}
	}

}
