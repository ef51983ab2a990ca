package io.telemetryrouter.internal.dispatch;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.EmitTracker.Outcome;
import io.telemetryrouter.internal.event.Payloads;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.SampleBuffer;
import io.telemetryrouter.internal.registry.Admission;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Ticker;

/**
 * The call of a synchronous handler in a route. No exception thrown by the handler
 * propagates past {@link #run}. The fields that the common case needs are copied from the
 * handler, which saves loads.
 */
final class SyncCall {

	private final Handler handler;

	private final Admission admission;

	private final LatencyHistogram latency;

	private final long number;

	private final long slowNanos;

	private final @Nullable PayloadHandler<Object> payloadHandler;

	/** The payload type of the handler, or {@code null} for any. */
	private final @Nullable Class<?> payloadType;

	private final String event;

	/** The number of recipients of the route that are reached after this call. */
	private final int reached;

	/** Calls that take longer are candidates for the slowest one, in nanoseconds. */
	private final long noticeable;

	private final Ticker ticker;

	SyncCall(Handler handler, String event, int reached, long noticeable, Ticker ticker) {
		this.handler = handler;
		this.admission = handler.admission;
		this.latency = handler.metrics.latency;
		this.number = handler.options.number;
		this.slowNanos = handler.options.slowNanos;
		this.payloadHandler = handler.options.payloadHandler;
		this.payloadType = handler.options.anyPayload ? null : handler.options.payloadType;
		this.event = event;
		this.reached = reached;
		this.noticeable = noticeable;
		this.ticker = ticker;
	}

	/** Calls the handler if it admits the event, and counts the outcome. */
	void run(DispatchFrame frame, @Nullable Object payload) {
		frame.running(this.number);
		try {
			if (handle(frame, payload)) {
				EmitTracker.count(frame.tracker(), Outcome.HANDLED);
			}
		}
		catch (Throwable ex) {
			this.handler.failures.failed(this.event, frame.envelope(), ex, -1, frame.stack, frame.tracker());
		}
		// The event is counted. No call may come in between: it could overflow the stack.
		frame.reached = this.reached;
	}

	/** Does the same as {@link #run}, and measures the duration of the call. */
	void runMeasured(DispatchFrame frame, @Nullable Object payload, @Nullable SampleBuffer buffer) {
		frame.running(this.number);
		long nanos;
		boolean admitted = true;
		try {
			admitted = handle(frame, payload);
			nanos = frame.split(this.ticker.now());
			if (admitted) {
				handled(frame, nanos, buffer);
			}
		}
		catch (Throwable ex) {
			nanos = frame.split(this.ticker.now());
			// An event that was not admitted has been counted already.
			if (admitted) {
				this.handler.failures.failed(this.event, frame.envelope(), ex, nanos, frame.stack, frame.tracker());
			}
		}
		// As in run: the event is counted.
		frame.reached = this.reached;
		if (nanos > this.noticeable) {
			frame.took("handler", this.handler.options.id, nanos);
		}
	}

	private boolean handle(DispatchFrame frame, @Nullable Object payload) throws Throwable {
		if (this.payloadHandler != null && this.admission.isOpen()
				&& (this.payloadType == null || this.payloadType.isInstance(payload))) {
			this.payloadHandler.handle(this.event, Payloads.asIs(payload));
			return true;
		}
		return this.handler.invokeAdmitted(this.event, payload, frame);
	}

	private void handled(DispatchFrame frame, long nanos, @Nullable SampleBuffer buffer) {
		if (nanos > this.slowNanos) {
			this.handler.failures.slow(this.event, nanos);
		}
		EmitTracker.count(frame.tracker(), Outcome.HANDLED);
		// Last, since the histogram counts the handled events: if an earlier step throws,
		// the event counts only as failed.
		this.latency.record(nanos, buffer);
	}

}
