package io.telemetryrouter.journal;

/**
 * Why an event has no line in the journal.
 *
 * @since 0.1.0
 */
public enum LossReason {

	/**
	 * The disk was full, the folder was gone, or another failure of input or output.
	 */
	IO_ERROR,

	/**
	 * The line would be longer than {@link Journal#MAX_LINE}: an event name or another
	 * attribute is out of bounds, since payloads are cut.
	 */
	TOO_LONG,

	/**
	 * The envelope could not be written: its own methods, or a source of attributes,
	 * failed.
	 */
	UNREADABLE_EVENT,

	/**
	 * The journal was closed.
	 */
	CLOSED

}
