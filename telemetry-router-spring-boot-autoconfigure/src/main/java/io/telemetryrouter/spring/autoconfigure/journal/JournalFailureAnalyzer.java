package io.telemetryrouter.spring.autoconfigure.journal;

import java.nio.channels.ClosedByInterruptException;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

import io.telemetryrouter.journal.JournalException;

/**
 * Analyzes a {@link JournalException} at start-up.
 */
final class JournalFailureAnalyzer extends AbstractFailureAnalyzer<JournalException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, JournalException cause) {
		if (cause.getCause() instanceof ClosedByInterruptException) {
			return new FailureAnalysis(cause.getMessage() + ".",
					"Find out what interrupts the thread that starts the application, and start it again.", cause);
		}
		return new FailureAnalysis(cause.getMessage() + ".",
				"Set 'telemetry-router.journal.directory' to such a folder, or 'telemetry-router.journal.enabled' to "
						+ "'false' to do without a journal.",
				cause);
	}

}
