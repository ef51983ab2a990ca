package io.telemetryrouter.journal;

import java.util.List;

/**
 * What a replay has done. Immutable.
 *
 * @param read the intact lines that were read
 * @param replayed those that were selected and handed on
 * @param failed those that were selected and whose {@link TelemetryReplayer.ReplayHandler
 * handler} threw; what the handlers of a router do is in their accounts
 * @param unhandled those that were selected and whose event no handler of the router has
 * opted in for
 * @param unreadable those whose payload a handler of the router could not be given:
 * redacted, truncated, or not of the handler's class
 * @param unknownFields members of payloads that the handler's class does not have
 * @param damaged lines, or remains of some, that were left out
 * @param missing numbers that no line has
 * @param interrupted whether the thread was interrupted, which ended the replay
 * @param problems what was left out of the journal,
 * {@value TelemetryReplayer#MAX_PROBLEMS} at most
 * @param remarks what else was left out, each name, field and reason once,
 * {@value TelemetryReplayer#MAX_PROBLEMS} at most; never a payload
 * @since 0.1.0
 */
public record ReplayReport(long read, long replayed, long failed, long unhandled, long unreadable, long unknownFields,
		long damaged, long missing, boolean interrupted, List<JournalProblem> problems, List<String> remarks) {

	public ReplayReport {
		problems = List.copyOf(problems);
		remarks = List.copyOf(remarks);
	}

}
