package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * Receives the payloads of events. The router catches, counts and logs every exception
 * that the handler throws. A synchronous handler may be called by several threads
 * concurrently.
 *
 * @param <T> the payload type; {@code Object} also receives {@code null} payloads
 * @since 0.1.0
 */
@FunctionalInterface
public interface PayloadHandler<T extends @Nullable Object> {

	/**
	 * Handles one event.
	 * @param event the event's name
	 * @param payload the event's payload
	 * @throws Exception if the event could not be handled
	 */
	void handle(String event, T payload) throws Exception;

}
