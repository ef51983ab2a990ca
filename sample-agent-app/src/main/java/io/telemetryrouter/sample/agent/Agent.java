package io.telemetryrouter.sample.agent;

/**
 * An agent that serves customers. Its events are those of
 * {@code io.telemetryrouter.agent}, whatever it is built with; who listens is none of its
 * business.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Agent {

	/**
	 * Serves a customer until the customer leaves.
	 * @param session the customer, and what the agent works with
	 */
	void run(Session session);

}
