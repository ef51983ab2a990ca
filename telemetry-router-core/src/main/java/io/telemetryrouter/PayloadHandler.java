package io.telemetryrouter;

/**
 * Receives the payloads of the events it is subscribed to.
 *
 * @param <T> the type of payload
 * @since 0.1.0
 */
@FunctionalInterface
public interface PayloadHandler<T> {

	/**
	 * Handle one event. Whatever this method throws is counted and never reaches the
	 * emitter.
	 * @param event the name of the event
	 * @param payload the payload of the event
	 * @throws Exception if the event could not be handled
	 */
	void handle(String event, T payload) throws Exception;

}
