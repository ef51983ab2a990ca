package io.telemetryrouter.internal.dispatch;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.lane.LaneExecutor;

/**
 * The future of an awaited event. Its time runs out on the JDK's timer thread, but it
 * completes on a thread of the router, since dependent actions are the user's code.
 *
 * @since 0.1.0
 */
public final class NextEvent extends CompletableFuture<TelemetryEvent<?>> {

	private final CompletableFuture<Boolean> timer = new CompletableFuture<>();

	public NextEvent(String pattern, Duration timeout, LaneExecutor executor) {
		this.timer.orTimeout(TimeUnit.NANOSECONDS.convert(timeout), TimeUnit.NANOSECONDS)
			.exceptionallyAsync(
					(ex) -> completeExceptionally(
							new TimeoutException("No matching event '" + pattern + "' within " + timeout)),
					executor::executeSurely);
	}

	/**
	 * Runs an action when it is done, for whatever reason, and stops the timer.
	 * @param action the action
	 */
	public void whenDone(Runnable action) {
		whenComplete((event, ex) -> {
			action.run();
			this.timer.complete(true);
		});
	}

}
