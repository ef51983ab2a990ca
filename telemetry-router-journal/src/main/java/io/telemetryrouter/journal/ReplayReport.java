package io.telemetryrouter.journal;

import java.util.List;

/**
 * What a replay has done. Immutable.
 *
 * @param read the intact lines that were read
 * @param replayed those that were selected and handled
 * @param failed those that were selected and whose handler threw
 * @param damaged lines, or remains of some, that were left out
 * @param missing numbers that no line has
 * @param interrupted whether the thread was interrupted, which ended the replay
 * @param problems what was left out, {@value TelemetryReplayer#MAX_PROBLEMS} at most
 * @since 0.1.0
 */
public record ReplayReport(long read, long replayed, long failed, long damaged, long missing, boolean interrupted,
		List<JournalProblem> problems) {

	public ReplayReport {
		problems = List.copyOf(problems);
	}

}
