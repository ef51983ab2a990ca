package io.telemetryrouter.journal;

/**
 * When a journal syncs written data to the disk. Written data survives a killed process
 * in any case; this setting decides how much survives a crash of the machine.
 *
 * @since 0.1.0
 */
public enum Fsync {

	/**
	 * Before a line is acknowledged. One sync serves all threads that wait at that time.
	 */
	ALWAYS,

	/**
	 * At an interval, if anything was written, and at the end of a segment.
	 */
	INTERVAL,

	/**
	 * Never: the operating system decides when.
	 */
	NEVER

}
