package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.StuckCallCheck;

/**
 * Passes the context of an emit, such as its trace, to asynchronous handlers, by the
 * context carrier if there is one. The carrier is user code: its exceptions are reported,
 * and the handler then runs without the context. Thread-safe.
 *
 * @param captures lets the watchdog detect a carrier that hangs on an emitting thread
 */
public record ContextPropagation(@Nullable ContextCarrier carrier, Reporter reporter,
		StuckCallCheck.Callback captures) {

	public ContextPropagation(@Nullable ContextCarrier carrier, Reporter reporter) {
		this(carrier, reporter, new StuckCallCheck.Callback("Context carrier"));
	}

	/** Captures the context of the calling thread, which is inside the frame's emit. */
	public @Nullable Object capture(DispatchFrame frame) {
		DispatchStack stack = frame.stack;
		if (this.carrier == null || stack.capturing) {
			// An emit of the carrier itself gets no context: capturing it would recurse
			// forever.
			return null;
		}
		stack.capturing = true;
		frame.running(this.captures.handlerNumber());
		try {
			return this.carrier.capture();
		}
		catch (Throwable ex) {
			failed(ex);
			return null;
		}
		finally {
			frame.running(0);
			stack.capturing = false;
		}
	}

	/** Restores a captured context, if there is one, for the call of a handler. */
	ContextCarrier.@Nullable Scope restore(@Nullable Object context, DispatchFrame frame, long handlerNumber) {
		if (this.carrier == null || context == null) {
			return null;
		}
		frame.running(handlerNumber | DispatchFrame.CARRIER);
		try {
			return this.carrier.restore(context);
		}
		catch (Throwable ex) {
			failed(ex);
			return null;
		}
		finally {
			frame.running(handlerNumber);
		}
	}

	/** Ends a scope of {@link #restore}, if there is one, at the end of the frame. */
	void close(ContextCarrier.@Nullable Scope scope, DispatchFrame frame, long handlerNumber) {
		if (scope == null) {
			return;
		}
		frame.running(handlerNumber | DispatchFrame.CARRIER);
		try {
			scope.close();
		}
		catch (Throwable ex) {
			failed(ex);
		}
	}

	private void failed(Throwable error) {
		this.reporter.callbackFailed("Context carrier", error);
	}

}
