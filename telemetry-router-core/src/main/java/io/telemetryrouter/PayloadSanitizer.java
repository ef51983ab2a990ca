package io.telemetryrouter;

/**
 * Takes out of a payload what must not leave the process or reach a disk, before it is
 * written there. Handlers of the router get what was emitted.
 * <p>
 * Called by several threads at once, on the thread that writes. It fails closed: if it
 * throws or returns {@code null}, nothing of the payload is written but the name of its
 * class.
 *
 * @since 0.1.0
 * @see Sensitive
 */
@FunctionalInterface
public interface PayloadSanitizer {

	/**
	 * Returns what may be written of a payload. Must not change the payload itself:
	 * handlers may still be at work with it.
	 * @param event the event's name
	 * @param payload the payload, or what the sanitizer before this one has returned
	 * @return the payload, or what takes its place
	 * @throws Exception if nothing of it may be written
	 */
	Object sanitize(String event, Object payload) throws Exception;

}
