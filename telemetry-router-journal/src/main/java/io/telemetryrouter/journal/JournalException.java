package io.telemetryrouter.journal;

import org.jspecify.annotations.Nullable;

/**
 * Thrown if a journal cannot be opened or listed. The message names the problem, the
 * folder and the remedy.
 *
 * @since 0.1.0
 */
public final class JournalException extends RuntimeException {

	JournalException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
