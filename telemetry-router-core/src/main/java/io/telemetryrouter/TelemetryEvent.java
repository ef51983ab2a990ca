package io.telemetryrouter;

import java.time.Instant;
import java.util.UUID;

/**
 * An event in its immutable envelope. One envelope is shared by all handlers of an emit,
 * and only made when a handler needs it.
 *
 * @param <T> the payload type
 * @since 0.1.0
 */
public interface TelemetryEvent<T> {

	/**
	 * Returns the event's name.
	 * @return the name
	 */
	String name();

	/**
	 * Returns the payload, the very object that was emitted.
	 * @return the payload; {@code null} where {@code null} was emitted and the handler
	 * takes payloads of any type
	 */
	T payload();

	/**
	 * Returns the number of this envelope, ascending in the order in which the router
	 * made them. Events that no handler needs an envelope for take no number.
	 * @return the sequence number, from 1
	 */
	long sequence();

	/**
	 * Returns when the event was emitted: the wall-clock time at the emit, whatever
	 * happens to the clock later.
	 * @return the time of the emit
	 */
	Instant timestamp();

	/**
	 * Returns an id that is unique across routers and sorts by time (UUID version 7),
	 * derived on first use.
	 * @return the id
	 */
	UUID id();

}
