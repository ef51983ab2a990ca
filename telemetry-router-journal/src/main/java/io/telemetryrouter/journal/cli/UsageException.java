package io.telemetryrouter.journal.cli;

/**
 * The command line is not understood.
 */
final class UsageException extends RuntimeException {

	UsageException(String message) {
		super(message);
	}

}
