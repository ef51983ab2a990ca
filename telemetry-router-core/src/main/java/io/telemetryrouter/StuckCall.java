package io.telemetryrouter;

import java.time.Instant;
import java.util.List;

/**
 * A call of a handler that has run for longer than the stuck threshold, or was abandoned,
 * and has not returned.
 *
 * @param thread the name of its thread
 * @param event the name of the event
 * @param since when it began, or was first seen running
 * @param stack the stack of its thread when the call was found, the innermost frame first
 * @param abandoned whether it was abandoned after the handler timeout or at the close: it
 * is counted as failed, but its thread has not returned
 * @since 0.1.0
 */
public record StuckCall(String thread, String event, Instant since, List<StackTraceElement> stack, boolean abandoned) {

	public StuckCall {
		stack = List.copyOf(stack);
	}

}
