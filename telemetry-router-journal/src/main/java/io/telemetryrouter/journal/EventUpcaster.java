package io.telemetryrouter.journal;

import tools.jackson.databind.JsonNode;

/**
 * Converts a recorded payload from one version of its event to the next. Called on the
 * thread that replays the event or reads it back, by several threads at once.
 *
 * @since 0.1.0
 */
public interface EventUpcaster {

	/**
	 * Returns the event's name.
	 * @return the name
	 */
	String event();

	/**
	 * Returns the version of the payloads that this upcaster accepts; it returns payloads
	 * of the next version. The version of a line is the number at the end of its
	 * {@code dataschema}, or 1 if there is none.
	 * @return the version
	 */
	int fromVersion();

	/**
	 * Converts a payload. If it throws an exception, the payload is unreadable: the
	 * handler is not called and counts a type mismatch, and a replay lists the line.
	 * @param data the payload, which may be changed in place
	 * @return the payload of the next version
	 */
	JsonNode upcast(JsonNode data);

}
