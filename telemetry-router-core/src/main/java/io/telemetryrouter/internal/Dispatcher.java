package io.telemetryrouter.internal;

import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.DropReason;

/**
 * The way of one event, from its route to its handlers.
 * <p>
 * Lanes are offered the event first, then synchronous handlers run. So an event that a
 * handler emits in turn comes after its cause in every queue, and a synchronous handler
 * that hangs withholds the event from no lane.
 * <p>
 * On a route of open payload handlers the way takes no lock and allocates nothing. The
 * clock is read once before the first handler and once after each.
 */
final class Dispatcher {

	private final RouterCore core;

	private final EmitFrames frames;

	private final boolean measured;

	private final int maxDepth;

	private final int maxNestedEmits;

	private final long slowNanos;

	/** Null for the system's own, which is called directly. */
	private final @Nullable LongSupplier nanoTime;

	private volatile boolean closed;

	Dispatcher(RouterCore core) {
		this.core = core;
		this.frames = core.frames();
		RouterSettings settings = core.settings();
		this.measured = settings.measureLatency();
		this.maxDepth = settings.maxDepth();
		this.maxNestedEmits = settings.maxNestedEmits();
		this.nanoTime = settings.nanoTime();
		this.slowNanos = TimeUnit.NANOSECONDS.convert(settings.slowThreshold());
	}

	private long now() {
		return (this.nanoTime != null) ? this.nanoTime.getAsLong() : System.nanoTime();
	}

	boolean isClosed() {
		return this.closed;
	}

	/**
	 * From now on counts every event as dropped.
	 */
	void close() {
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
	void dispatch(Route route, @Nullable Object payload, @Nullable EmitTracker tracker, @Nullable Envelope<?> held) {
		int handlers = route.handlers.length;
		if (handlers == 0) {
			route.pass(1);
			return;
		}
		EmitFrame frame = this.frames.current();
		Cause parent = (held != null) ? held.parent : frame.cause();
		EmitFrame.Level level = frame.enter(route.event, parent);
		level.reached = handlers;
		try {
			route.pass(frame);
			level.reached = 0;
			if (this.closed) {
				drop(route, DropReason.CLOSED, level, tracker);
				return;
			}
			if (parent != null && !parent.permits(this.maxDepth, this.maxNestedEmits)) {
				drop(route, DropReason.RECURSION, level, tracker);
				this.core.reporter().recursion(parent, route.event);
				return;
			}
			Envelope<?> envelope = null;
			long start = (this.measured || route.needsEnvelope) ? now() : 0;
			if (route.needsEnvelope) {
				envelope = (held != null) ? held : envelope(route.event, payload, start, parent, tracker, route.async);
				if (route.sync.length != 0) {
					// Whose emits it causes. Only then: the store costs a barrier.
					level.envelope(envelope);
				}
				for (Registration handler : route.async) {
					offer(handler, payload, envelope, frame, tracker);
					level.reached++;
				}
			}
			if (this.measured) {
				runMeasured(route, payload, envelope, tracker, frame, level, start);
			}
			else {
				run(route, payload, envelope, tracker, frame, level);
			}
		}
		finally {
			// Not by a call: a caller that has used up its stack has none left for one,
			// and all its later events would count as nested in this one.
			frame.depth--;
			if (level.reached < handlers) {
				level.owed = route;
			}
			level.clear();
		}
	}

	private void offer(Registration handler, @Nullable Object payload, Envelope<?> envelope, EmitFrame frame,
			@Nullable EmitTracker tracker) {
		Lane lane = handler.lane();
		if (lane == null) {
			return;
		}
		try {
			if (handler.isOpen() || handler.admit(envelope.name(), payload, envelope, tracker)) {
				lane.offer(envelope, frame);
			}
		}
		catch (Throwable ex) {
			// Ours, such as no memory for a segment: count it and let the others have it.
			handler.fail(envelope.name(), ex, -1, frame, tracker);
		}
	}

	private void runMeasured(Route route, @Nullable Object payload, @Nullable Envelope<?> envelope,
			@Nullable EmitTracker tracker, EmitFrame frame, EmitFrame.Level level, long start) {
		String event = route.event;
		Registration slowest = null;
		long longest = 0;
		long before = start;
		if (route.async.length != 0) {
			before = now();
		}
		LatencyStripe total = route.tally.latency.stripe(frame);
		Registration[] handlers = route.sync;
		int reached = 0;
		try {
			for (; reached < handlers.length; reached++) {
				Registration handler = handlers[reached];
				level.running(handler.number);
				LatencyStripe stripe = handler.latency.stripe(frame);
				long nanos;
				try {
					if (handler.isOpen() && handler.payloadHandler != null) {
						handler.payloadHandler.handle(event, Payloads.asIs(payload));
					}
					else if (handler.admit(event, payload, envelope, tracker)) {
						handler.invokeAdmitted(event, payload, envelope);
					}
					else {
						long now = now();
						nanos = now - before;
						before = now;
						// Its condition may have taken its time.
						if (nanos > longest) {
							longest = nanos;
							slowest = handler;
						}
						continue;
					}
					long now = now();
					nanos = now - before;
					before = now;
					if (nanos > handler.slowNanos) {
						handler.slow(event, nanos);
					}
					if (tracker != null) {
						tracker.handled();
					}
					handler.latency.record(nanos, stripe, frame);
				}
				catch (Throwable ex) {
					long now = now();
					nanos = now - before;
					before = now;
					handler.fail(event, ex, nanos, frame, tracker);
				}
				if (nanos > route.noticeable && nanos > longest) {
					longest = nanos;
					slowest = handler;
				}
			}
		}
		finally {
			level.reached += reached;
		}
		finish(route, before - start, slowest, longest, total, frame);
	}

	private void run(Route route, @Nullable Object payload, @Nullable Envelope<?> envelope,
			@Nullable EmitTracker tracker, EmitFrame frame, EmitFrame.Level level) {
		String event = route.event;
		Registration[] handlers = route.sync;
		int reached = 0;
		try {
			for (; reached < handlers.length; reached++) {
				Registration handler = handlers[reached];
				level.running(handler.number);
				try {
					if (handler.isOpen() && handler.payloadHandler != null) {
						handler.payloadHandler.handle(event, Payloads.asIs(payload));
					}
					else if (handler.admit(event, payload, envelope, tracker)) {
						handler.invokeAdmitted(event, payload, envelope);
					}
					else {
						continue;
					}
					if (tracker != null) {
						tracker.handled();
					}
				}
				catch (Throwable ex) {
					handler.fail(event, ex, -1, frame, tracker);
				}
			}
		}
		finally {
			level.reached += reached;
		}
	}

	private void finish(Route route, long nanos, @Nullable Registration slowest, long longest,
			@Nullable LatencyStripe total, EmitFrame frame) {
		EventTally tally = route.tally;
		tally.latency.record(nanos, total, frame);
		if (nanos > this.slowNanos) {
			tally.slow();
			this.core.reporter().slowDispatch(tally, route.event, nanos, slowest, longest);
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

	/**
	 * Makes an envelope on the emitting thread.
	 * @param event the event's name
	 * @param payload its payload
	 * @param now the time, on the monotonic clock
	 * @param parent the emit that caused it, if any
	 * @param tracker who follows the emit, if anyone
	 * @param lanes the handlers that will want the context
	 * @return the envelope
	 */
	private Envelope<?> envelope(String event, @Nullable Object payload, long now, @Nullable Cause parent,
			@Nullable EmitTracker tracker, Registration[] lanes) {
		EnvelopeSource source = this.core.envelopes();
		return new Envelope<>(source, event, Payloads.asIs(payload), source.nextSequence(), now, parent,
				(lanes.length != 0) ? capture(this.frames.current()) : null, tracker);
	}

	/**
	 * Makes the envelope of an event that is held until handlers are known.
	 * @param event the event's name
	 * @param payload its payload
	 * @param tracker who follows the emit, if anyone
	 * @return the envelope
	 */
	Envelope<?> hold(String event, @Nullable Object payload, @Nullable EmitTracker tracker) {
		EnvelopeSource source = this.core.envelopes();
		EmitFrame frame = this.frames.current();
		return new Envelope<>(source, event, Payloads.asIs(payload), source.nextSequence(), now(), frame.cause(),
				capture(frame), tracker);
	}

	private @Nullable Object capture(EmitFrame frame) {
		ContextCarrier carrier = this.core.settings().contextCarrier();
		if (carrier == null || frame.capturing) {
			// What a carrier itself emits has no context, or there would be no end.
			return null;
		}
		frame.capturing = true;
		try {
			return carrier.capture();
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
	 * @param tracker who follows the emit, if anyone
	 */
	private static void drop(Route route, DropReason reason, EmitFrame.Level level, @Nullable EmitTracker tracker) {
		for (int i = 0; i < route.handlers.length; i++) {
			route.handler(i).drop(reason, tracker);
			level.reached++;
		}
	}

	/**
	 * Counts events of a name as offered and dropped at every handler of a route.
	 * @param route the route
	 * @param reason why
	 * @param count how many events
	 */
	static void drop(Route route, DropReason reason, long count) {
		route.pass(count);
		for (Registration handler : route.handlers) {
			handler.drop(reason, count);
		}
	}

}
