package io.telemetryrouter.sample.agent;

/**
 * An agent that serves customers. All implementations emit the events of
 * {@code io.telemetryrouter.agent} and do not depend on the handlers.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Agent {

	/**
	 * Serves a customer until the customer leaves.
	 * @param session the customer, the model and the tools of the run
	 */
	void run(Session session);

}
