package io.telemetryrouter.journal;

/**
 * When a journal asks the operating system to put what is written on the disk itself.
 * What is written survives a killed process in any case; this decides about a lost
 * machine.
 *
 * @since 0.1.0
 */
public enum Fsync {

	/**
	 * Before a line is acknowledged. One call serves all threads that wait at that time.
	 */
	ALWAYS,

	/**
	 * At an interval, if anything was written, and at the end of a segment.
	 */
	INTERVAL,

	/**
	 * Never: the operating system decides.
	 */
	NEVER

}
