package io.telemetryrouter;

import java.time.Instant;
import java.util.List;

/**
 * A call of a handler that does not end.
 *
 * @param thread the name of the thread it runs on
 * @param event the name of the event
 * @param since since when it has been seen running
 * @param stack where it was when it was found, the innermost frame first
 * @param abandoned whether it was given up after the handler timeout; its failure is
 * counted then, and its thread is merely not back
 * @since 0.1.0
 */
public record StuckCall(String thread, String event, Instant since, List<StackTraceElement> stack, boolean abandoned) {

	public StuckCall {
		stack = List.copyOf(stack);
	}

}
