package io.telemetryrouter.journal;

/**
 * Status of the payload in a line: its {@code datastatus}, which lines with a complete
 * payload do not have.
 *
 * @since 0.1.0
 */
public enum DataStatus {

	/**
	 * The line has all the JSON that the encoder wrote, or {@code null} was emitted.
	 */
	COMPLETE,

	/**
	 * The line has the payload's class name only, because the encoder failed.
	 */
	REDACTED,

	/**
	 * The line has the payload's class name and the beginning of its JSON, because the
	 * JSON was too long.
	 */
	TRUNCATED

}
