package io.telemetryrouter;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A failure of a handler.
 *
 * @param event the name of the event
 * @param type the class name of the exception
 * @param at when the failure occurred
 * @param message the exception's message, truncated if it is long. It may quote a
 * payload: show it only to users with access to payloads. It is not part of
 * {@link #toString()}.
 * @since 0.1.0
 */
public record FailureSnapshot(String event, String type, Instant at, @Nullable String message) {

	@Override
	public String toString() {
		return "FailureSnapshot[type=" + this.type + ", at=" + this.at + "]";
	}

}
