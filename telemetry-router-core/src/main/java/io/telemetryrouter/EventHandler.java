package io.telemetryrouter;

/**
 * Receives events with their envelope. What it throws is caught, counted and logged by
 * the router. A handler that is registered synchronously may be called by many threads at
 * once.
 *
 * @param <T> the payload type
 * @since 0.1.0
 */
@FunctionalInterface
public interface EventHandler<T> {

	/**
	 * Handles one event.
	 * @param event the event
	 * @throws Exception if the event could not be handled
	 */
	void handle(TelemetryEvent<T> event) throws Exception;

}
