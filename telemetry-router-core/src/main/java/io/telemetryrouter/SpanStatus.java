package io.telemetryrouter;

import java.util.Locale;

/**
 * Which event of a span it is.
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

	/** The work was cancelled or given up, or ended without saying how. */
	CANCELLED;

	private final String label = name().toLowerCase(Locale.ROOT);

	/**
	 * {@return the last segment of the event's name: the status in lower case}
	 */
	public String label() {
		return this.label;
	}

}
