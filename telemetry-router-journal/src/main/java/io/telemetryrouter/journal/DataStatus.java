package io.telemetryrouter.journal;

/**
 * What a line has of an event's payload: the {@code datastatus} of a line, which lines
 * with a complete payload do not have.
 *
 * @since 0.1.0
 */
public enum DataStatus {

	/**
	 * All that the encoder wrote, or {@code null} was emitted.
	 */
	COMPLETE,

	/**
	 * Its class name only, since the encoder failed.
	 */
	REDACTED,

	/**
	 * Its class name and the beginning of its JSON, since it was too long.
	 */
	TRUNCATED

}
