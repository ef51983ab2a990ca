package io.telemetryrouter.sample.play;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Failure analyzer for a recording that cannot be played.
 */
class RecordingFailureAnalyzer extends AbstractFailureAnalyzer<RecordingNotReadableException> {

	@Override
	protected FailureAnalysis analyze(Throwable rootFailure, RecordingNotReadableException cause) {
		return new FailureAnalysis(cause.getMessage() + ".",
				"Name a file with one recorded run a line by --sample.recording=PATH, or leave the property out to play "
						+ "the recording inside the jar.",
				cause);
	}

}
