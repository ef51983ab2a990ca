package io.telemetryrouter.sample.agent;

import org.jspecify.annotations.Nullable;

/**
 * Whom the agent serves.
 *
 * @since 0.1.0
 */
public interface Customer {

	/**
	 * Returns what the customer says next.
	 * @return the text, or {@code null} when the customer has left
	 */
	@Nullable String say();

	/**
	 * Returns whether the customer waits for the agent to say something. Not so after a
	 * farewell, nor when a tool has handed the customer over.
	 * @return {@code true} if it is the agent's turn
	 */
	boolean awaitsAnswer();

}
