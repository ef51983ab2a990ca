package io.telemetryrouter.spring.actuate.endpoint;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.telemetryrouter.journal.JournalProblem;
import io.telemetryrouter.journal.ReplayReport;

/**
 * The endpoint's view of the result of a replay.
 *
 * @param read the number of intact lines that were read
 * @param replayed the number of events passed to handlers
 * @param unhandled the number of selected events without a handler that opted in
 * @param unreadable the number of events whose payload could not be converted for a
 * handler
 * @param unknownFields the number of unknown payload fields that were skipped
 * @param damaged the number of damaged lines
 * @param missing the number of missing sequence numbers
 * @param interrupted whether the replay ended early
 * @param problems the first problem of each kind
 * @since 0.1.0
 */
public record ReplayDescriptor(long read, long replayed, long unhandled, long unreadable, long unknownFields,
		long damaged, long missing, boolean interrupted, List<String> problems) implements OperationResponseBody {

	static ReplayDescriptor of(ReplayReport report) {
		List<String> problems = new ArrayList<>();
		report.problems().stream().map(JournalProblem::toString).forEach(problems::add);
		problems.addAll(report.remarks());
		return new ReplayDescriptor(report.read(), report.replayed(), report.unhandled(), report.unreadable(),
				report.unknownFields(), report.damaged(), report.missing(), report.interrupted(),
				List.copyOf(problems));
	}

}
