package io.telemetryrouter.sample.agent;

import org.jspecify.annotations.Nullable;

/**
 * The customer that the agent serves.
 *
 * @since 0.1.0
 */
public interface Customer {

	/**
	 * Returns the customer's next message.
	 * @return the text, or {@code null} when the customer has left
	 */
	@Nullable String say();

	/**
	 * Returns whether the customer waits for a message of the agent. The customer does
	 * not wait after a farewell, nor after a tool has transferred the customer.
	 * @return {@code true} if it is the agent's turn
	 */
	boolean awaitsAnswer();

}
