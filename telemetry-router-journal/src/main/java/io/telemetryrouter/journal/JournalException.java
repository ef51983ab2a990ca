package io.telemetryrouter.journal;

import org.jspecify.annotations.Nullable;

/**
 * A journal cannot be opened. The message says what is wrong, where, and how to put it
 * right.
 *
 * @since 0.1.0
 */
public final class JournalException extends RuntimeException {

	JournalException(String message, @Nullable Throwable cause) {
		super(message, cause);
	}

}
