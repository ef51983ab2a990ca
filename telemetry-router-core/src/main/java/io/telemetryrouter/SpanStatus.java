package io.telemetryrouter;

import java.util.Locale;

/**
 * The status of a span as of one of its events.
 *
 * @since 0.1.0
 */
public enum SpanStatus {

	/** The span began. */
	STARTED,

	/** The work is done. */
	COMPLETED,

	/** The work failed. */
	FAILED,

	/** The work was cancelled or abandoned, or the span was closed without an outcome. */
	CANCELLED;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * {@return the last segment of the event's name: the status in lower case}
	 */
	public String label() {
		return this.label;
	}

}
