package io.telemetryrouter;

/**
 * Removes sensitive parts of a payload before it leaves the process or is written to a
 * disk. Handlers of the router receive the payload as it was emitted.
 * <p>
 * Called on the writing thread, by several threads concurrently. It fails closed: if it
 * throws or returns {@code null}, only the class name of the payload is written.
 *
 * @since 0.1.0
 * @see Sensitive
 */
@FunctionalInterface
public interface PayloadSanitizer {

	/**
	 * Returns the sanitized payload. Must not modify the given payload: handlers may
	 * still be using it.
	 * @param event the event's name
	 * @param payload the payload, or the result of the previous sanitizer
	 * @return the payload, or its replacement
	 * @throws Exception if no part of the payload may be written
	 */
	Object sanitize(String event, Object payload) throws Exception;

}
