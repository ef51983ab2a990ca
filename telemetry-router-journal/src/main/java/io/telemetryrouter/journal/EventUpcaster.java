package io.telemetryrouter.journal;

import tools.jackson.databind.JsonNode;

/**
 * Makes a payload that an earlier version of an application has recorded one of the next
 * version of its event. Called on the replaying thread.
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
	 * Returns the version of the payloads it takes; it returns those of the next one. A
	 * line has the version at the end of its {@code dataschema}, and version 1 without
	 * one.
	 * @return the version
	 */
	int fromVersion();

	/**
	 * Changes a payload. If it throws, the line is skipped, counted and listed.
	 * @param data the payload, which may be changed in place
	 * @return the payload of the next version
	 */
	JsonNode upcast(JsonNode data);

}
