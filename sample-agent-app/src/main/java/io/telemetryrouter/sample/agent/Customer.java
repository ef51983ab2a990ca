package io.telemetryrouter.sample.agent;

import org.jspecify.annotations.Nullable;

/**
 * Whom the agent serves.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Customer {

	/**
	 * Returns what the customer says next.
	 * @return the text, or {@code null} when the customer has left
	 */
	@Nullable String say();

}
