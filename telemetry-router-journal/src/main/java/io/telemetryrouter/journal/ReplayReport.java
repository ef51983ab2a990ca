package io.telemetryrouter.journal;

import java.util.List;

/**
 * Result of a replay. Immutable.
 *
 * @param read the intact lines that were read
 * @param replayed the selected lines that were passed to a handler without an exception
 * @param failed the selected lines for which the {@link TelemetryReplayer.ReplayHandler
 * handler} threw an exception; the router counts the failures of its own handlers
 * @param unhandled the selected lines whose event no handler of the router has opted in
 * to
 * @param unreadable the selected lines whose payload could not be read for a handler of
 * the router: redacted, truncated, or not of the handler's class
 * @param unknownFields the members of payloads that the handler's class does not have
 * @param damaged the other problems of the journal: lines, or remains of lines, that were
 * skipped, and unreadable segments
 * @param missing the sequence numbers without a line
 * @param interrupted whether the thread was interrupted, which ended the replay
 * @param problems the problems of the journal, {@value TelemetryReplayer#MAX_PROBLEMS} at
 * most
 * @param remarks the unhandled events, unreadable payloads and unknown fields, each name,
 * field and reason once, {@value TelemetryReplayer#MAX_PROBLEMS} at most; never a payload
 * @since 0.1.0
 */
public record ReplayReport(long read, long replayed, long failed, long unhandled, long unreadable, long unknownFields,
		long damaged, long missing, boolean interrupted, List<JournalProblem> problems, List<String> remarks) {

	public ReplayReport {
		problems = List.copyOf(problems);
		remarks = List.copyOf(remarks);
	}

}
