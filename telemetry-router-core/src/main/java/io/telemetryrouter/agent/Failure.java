package io.telemetryrouter.agent;

import org.jspecify.annotations.Nullable;

/**
 * Failure of an activity.
 *
 * @param type the class name of the error ({@code error.type})
 * @param message the error's message; {@code null} unless content is captured, because
 * providers quote prompts in it
 * @since 0.1.0
 */
public record Failure(String type, @Nullable Content message) {

	/**
	 * Returns the failure for an error, without its message.
	 * @param error the error
	 * @return the failure
	 */
	public static Failure of(Throwable error) {
		return new Failure(error.getClass().getName(), null);
	}

}
