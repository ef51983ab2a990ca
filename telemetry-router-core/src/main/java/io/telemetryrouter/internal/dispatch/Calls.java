package io.telemetryrouter.internal.dispatch;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.DispatchStack;

/**
 * The calls of a route's synchronous handlers, one after another. (A class, because a
 * call of one of its methods takes less than that of an interface's.)
 */
abstract class Calls {

	/**
	 * Calls each handler that gets the event.
	 * @param level the emit's
	 * @param payload the payload
	 */
	abstract void run(DispatchStack.Level level, @Nullable Object payload);

}
