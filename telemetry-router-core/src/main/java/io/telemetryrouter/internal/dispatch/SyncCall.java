package io.telemetryrouter.internal.dispatch;

import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Payloads;
import io.telemetryrouter.internal.registry.Handler;

/**
 * A synchronous handler's place in a route. Nothing of a handler's gets past it.
 * <p>
 * A record, because its fields are as constant as it is itself: where {@link InlinedCalls
 * it is a constant}, the compiler knows the very handler.
 *
 * @param handler the handler
 * @param payloadHandler what is called, unless it wants envelopes
 * @param payloadType the class of its payloads, or {@code null} for any
 * @param event the event's name
 * @param index its place among the synchronous handlers
 * @param alone whether the call is all of an emit, and notes of it are of both
 * @param reached how many handlers of the route the event has reached after it
 * @param noticeable what is noted as a long call, in nanoseconds
 * @param measured whether calls are measured
 * @param nanoTime the monotonic clock, or {@code null} for the system's own, which is
 * called directly
 * @since 0.1.0
 */
public record SyncCall(Handler handler, @Nullable PayloadHandler<Object> payloadHandler, @Nullable Class<?> payloadType,
		String event, int index, boolean alone, int reached, long noticeable, boolean measured,
		@Nullable LongSupplier nanoTime) {

	SyncCall(Handler handler, String event, int index, boolean alone, int reached, long noticeable, RouterCore core) {
		this(handler, handler.payloadHandler, handler.anyPayload ? null : handler.payloadType, event, index, alone,
				reached, noticeable, core.measured(), core.settings().nanoTime());
	}

	/**
	 * Calls the handler, if it gets the event, and counts how it went.
	 * @param level the emit's
	 * @param payload the payload
	 */
	void run(DispatchStack.Level level, @Nullable Object payload) {
		level.running(this.handler.number);
		long nanos = -1;
		try {
			boolean handled = handle(level, payload);
			nanos = this.measured ? lap(level) : -1;
			if (handled) {
				handled(level, nanos);
			}
			else {
				// Only of the emit, not of the call.
				level.noting &= !this.alone;
			}
		}
		catch (Throwable ex) {
			nanos = this.measured ? lap(level) : -1;
			this.handler.fail(this.event, ex, nanos, level.frame, level.tracker());
			level.noting &= !this.alone;
		}
		// Counted, and by no call from there to here: there may be no stack left for one.
		level.reached = this.reached;
		// Even if it was not called: its condition may have taken its time.
		if (nanos > this.noticeable) {
			level.took(this.handler, nanos);
		}
	}

	/** Asks what {@link Handler#accepts} does, but of constants. */
	private boolean handle(DispatchStack.Level level, @Nullable Object payload) throws Throwable {
		if (this.payloadHandler != null && this.handler.isOpen()
				&& (this.payloadType == null || this.payloadType.isInstance(payload))) {
			this.payloadHandler.handle(this.event, Payloads.asIs(payload));
			return true;
		}
		return this.handler.handleAdmitted(this.event, payload, level);
	}

	private long lap(DispatchStack.Level level) {
		return level.lap((this.nanoTime != null) ? this.nanoTime.getAsLong() : System.nanoTime());
	}

	private void handled(DispatchStack.Level level, long nanos) {
		if (nanos > this.handler.slowNanos) {
			this.handler.slow(this.event, nanos);
		}
		EmitTracker tracker = level.tracker();
		if (tracker != null) {
			tracker.handled();
		}
		if (this.measured) {
			// Last, as it is what counts.
			level.record(this.handler.latency, this.index, nanos);
		}
	}

}
