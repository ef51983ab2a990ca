package io.telemetryrouter.journal;

/**
 * Reason for which an event has no line in the journal.
 *
 * @since 0.1.0
 */
public enum LossReason {

	/**
	 * The disk was full, the folder was deleted, or another I/O error occurred.
	 */
	IO_ERROR,

	/**
	 * The segment was moved, deleted, replaced or truncated by others while the journal
	 * wrote to it. Counts all lines that were written since the segment was last seen in
	 * its place, so a moved file may have some of them.
	 */
	REMOVED,

	/**
	 * The line would be longer than {@link Journal#MAX_LINE}, because of its event name
	 * or another attribute; payloads are truncated instead.
	 */
	TOO_LONG,

	/**
	 * The attributes could not be written: a method of the event or of
	 * {@link EventAttributes} threw an exception.
	 */
	UNREADABLE_EVENT,

	/**
	 * The journal was closed.
	 */
	CLOSED

}
