package io.telemetryrouter.journal;

/**
 * Thread that appends a router's events to the journal.
 *
 * @since 0.1.0
 */
public enum JournalMode {

	/**
	 * A thread of the journal's lane. An emit does not wait for the disk; events that are
	 * still in memory when the process is killed are lost.
	 */
	ASYNC,

	/**
	 * The emitting thread, before any other handler is offered the event. The emit
	 * returns when the line is acknowledged or counted as lost.
	 */
	SYNC

}
