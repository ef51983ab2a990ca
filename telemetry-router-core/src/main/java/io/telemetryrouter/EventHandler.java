package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * Receives events with their envelope. The router catches, counts and logs every
 * exception that the handler throws. A synchronous handler may be called by several
 * threads concurrently.
 *
 * @param <T> the payload type
 * @since 0.1.0
 */
@FunctionalInterface
public interface EventHandler<T extends @Nullable Object> {

	/**
	 * Handles one event.
	 * @param event the event
	 * @throws Exception if the event could not be handled
	 */
	void handle(TelemetryEvent<T> event) throws Exception;

}
