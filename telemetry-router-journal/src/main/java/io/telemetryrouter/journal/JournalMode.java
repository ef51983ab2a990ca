package io.telemetryrouter.journal;

/**
 * Where a router's events are written to the journal.
 *
 * @since 0.1.0
 */
public enum JournalMode {

	/**
	 * On a lane of the journal's own. An emit waits for nothing; an event that is still
	 * in memory when the process is killed is lost.
	 */
	ASYNC,

	/**
	 * On the emitting thread, before any other handler is offered the event. The emit
	 * returns when the line is acknowledged, or counted as lost.
	 */
	SYNC

}
