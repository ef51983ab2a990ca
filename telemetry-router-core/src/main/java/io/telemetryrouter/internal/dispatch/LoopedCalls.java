package io.telemetryrouter.internal.dispatch;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.EmitFrame;

/**
 * Calls in a loop.
 *
 * @since 0.1.0
 */
public final class LoopedCalls extends Calls {

	private static final LoopedCalls NONE = new LoopedCalls(new HandlerCall[0]);

	private final HandlerCall[] calls;

	private LoopedCalls(HandlerCall[] calls) {
		this.calls = calls;
	}

	/**
	 * Returns what makes some calls.
	 * @param calls the calls, in order
	 * @return the calls
	 */
	static LoopedCalls of(HandlerCall[] calls) {
		return (calls.length != 0) ? new LoopedCalls(calls) : NONE;
	}

	@Override
	void run(EmitFrame.Level level, @Nullable Object payload) {
		for (HandlerCall call : this.calls) {
			call.run(level, payload);
		}
	}

}
