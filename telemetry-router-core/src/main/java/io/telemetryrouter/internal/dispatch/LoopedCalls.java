package io.telemetryrouter.internal.dispatch;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.DispatchStack;

/**
 * Calls in a loop.
 *
 * @since 0.1.0
 */
public final class LoopedCalls extends Calls {

	private static final LoopedCalls NONE = new LoopedCalls(new SyncCall[0]);

	private final SyncCall[] calls;

	private LoopedCalls(SyncCall[] calls) {
		this.calls = calls;
	}

	/**
	 * Returns what makes some calls.
	 * @param calls the calls, in order
	 * @return the calls
	 */
	static LoopedCalls of(SyncCall[] calls) {
		return (calls.length != 0) ? new LoopedCalls(calls) : NONE;
	}

	@Override
	void run(DispatchStack.Level level, @Nullable Object payload) {
		for (SyncCall call : this.calls) {
			call.run(level, payload);
		}
	}

}
