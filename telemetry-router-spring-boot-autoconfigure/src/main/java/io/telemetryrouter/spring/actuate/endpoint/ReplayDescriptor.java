package io.telemetryrouter.spring.actuate.endpoint;

import java.util.ArrayList;
import java.util.List;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.telemetryrouter.journal.JournalProblem;
import io.telemetryrouter.journal.ReplayReport;

/**
 * What a replay has done, as the endpoint shows it.
 *
 * @param read intact lines that were read
 * @param replayed events that were handed to handlers
 * @param unhandled selected events that no handler has opted in for
 * @param unreadable events whose payload a handler could not be given
 * @param unknownFields members of payloads that were skipped
 * @param damaged lines that were left out
 * @param missing numbers that no line has
 * @param interrupted whether the replay ended early
 * @param problems what was left out, the first of each
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
