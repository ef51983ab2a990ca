package io.telemetryrouter.sample.play;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.stream.Collectors;

import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;

import io.telemetryrouter.FailureSnapshot;
import io.telemetryrouter.FlushResult;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.journal.ReplayReport;
import io.telemetryrouter.sample.observe.CostTracker;
import io.telemetryrouter.sample.observe.EscalationDesk;
import io.telemetryrouter.sample.observe.LatencyTracker;
import io.telemetryrouter.sample.play.RecordingPlayer.Played;

/**
 * Formats the summary of a play or a replay as text.
 */
@Component
class SummaryFormatter {

	private static final int SLOWEST = 5;

	private static final int MAX_LINES_NAMED = 20;

	private final CostTracker costs;

	private final EscalationDesk escalations;

	private final LatencyTracker latencies;

	private final Environment environment;

	SummaryFormatter(CostTracker costs, EscalationDesk escalations, LatencyTracker latencies, Environment environment) {
		this.costs = costs;
		this.escalations = escalations;
		this.latencies = latencies;
		this.environment = environment;
	}

	String format(String recording, Played played, List<Integer> skipped, FlushResult flushed,
			RouterSnapshot snapshot) {
		Lines lines = new Lines();
		lines.add("");
		lines.add("Played %d runs of %s in %d ms, %d at once", played.runs(), recording, played.duration().toMillis(),
				played.parallelRuns());
		skipped(lines, skipped);
		events(lines, snapshot);
		cost(lines);
		slowestHandlers(lines, snapshot);
		failuresAndDrops(lines, snapshot);
		account(lines, flushed, snapshot);
		lines.add("");
		lines.add("More at %s", endpoint());
		return lines.toString();
	}

	String format(String journal, ReplayReport report, FlushResult flushed, RouterSnapshot snapshot) {
		Lines lines = new Lines();
		lines.add("");
		lines.add("Replayed %d of %d events of %s; %d are for no handler that opted in", report.replayed(),
				report.read(), journal, report.unhandled());
		lines.add("  %d unreadable, %d unknown fields, %d damaged, %d missing", report.unreadable(),
				report.unknownFields(), report.damaged(), report.missing());
		report.problems().forEach((problem) -> lines.add("  %s", problem));
		report.remarks().forEach((remark) -> lines.add("  %s", remark));
		cost(lines);
		failuresAndDrops(lines, snapshot);
		account(lines, flushed, snapshot);
		return lines.toString();
	}

	private void skipped(Lines lines, List<Integer> skipped) {
		if (!skipped.isEmpty()) {
			lines.add("Skipped %d malformed lines: %s%s", skipped.size(),
					skipped.stream().limit(MAX_LINES_NAMED).map(String::valueOf).collect(Collectors.joining(", ")),
					(skipped.size() > MAX_LINES_NAMED) ? ", ..." : "");
		}
	}

	private void events(Lines lines, RouterSnapshot snapshot) {
		lines.title("Events");
		snapshot.events().values().forEach((event) -> lines.add("  %-32s %8d", event.name(), event.emitted()));
	}

	private void cost(Lines lines) {
		Tokens tokens = this.costs.totalTokens();
		lines.title("Cost");
		lines.add("  $%s for %d input and %d output tokens", this.costs.totalAmount().toPlainString(), tokens.input(),
				tokens.output());
		lines.add("  Tokens are estimated from the text's length: one for every %d characters begun",
				TokenEstimator.CHARACTERS_PER_TOKEN);
		lines.add("  Budgets of runs: %d exhausted and escalated", this.escalations.escalations());
		lines.add("  Model: mean %s, max %s; tools: mean %s, max %s", micros(this.latencies.model().mean()),
				micros(this.latencies.model().max()), micros(this.latencies.tools().mean()),
				micros(this.latencies.tools().max()));
	}

	private void slowestHandlers(Lines lines, RouterSnapshot snapshot) {
		lines.title("Slowest handlers                         mean       p99       max");
		snapshot.handlers()
			.values()
			.stream()
			.filter((handler) -> handler.latency().count() > 0)
			.sorted(Comparator.comparingDouble((HandlerSnapshot handler) -> handler.latency().meanNanos()).reversed())
			.limit(SLOWEST)
			.forEach((handler) -> lines.add("  %-32s %9s %9s %9s", handler.id(), micros(handler.latency().meanNanos()),
					micros((double) handler.latency().p99Nanos()), micros((double) handler.latency().maxNanos())));
	}

	private void failuresAndDrops(Lines lines, RouterSnapshot snapshot) {
		lines.title("Failures and drops");
		boolean none = true;
		for (HandlerSnapshot handler : snapshot.handlers().values()) {
			if (handler.account().failed() > 0 || handler.account().droppedTotal() > 0) {
				lines.add("  %-32s %s", handler.id(), failuresAndDrops(handler));
				none = false;
			}
		}
		if (none) {
			lines.add("  none");
		}
	}

	private static String failuresAndDrops(HandlerSnapshot handler) {
		StringJoiner text = new StringJoiner(", ");
		text.add(handler.account().handled() + " handled");
		if (handler.account().failed() > 0) {
			FailureSnapshot last = handler.lastFailure();
			text.add(handler.account().failed() + " failed" + ((last != null) ? " (last: " + last.type() + ")" : ""));
		}
		handler.account().dropped().forEach((reason, count) -> {
			if (count > 0) {
				text.add(count + " dropped (" + reason.label() + ")");
			}
		});
		if (handler.status() != HandlerStatus.ACTIVE) {
			text.add("now " + handler.status().name().toLowerCase(Locale.ROOT));
		}
		return text.toString();
	}

	private void account(Lines lines, FlushResult flushed, RouterSnapshot snapshot) {
		if (!flushed.complete()) {
			lines.add("  Still on their way: %s", flushed.pendingByHandler());
			return;
		}
		List<String> unbalanced = snapshot.handlers()
			.values()
			.stream()
			.filter((handler) -> !handler.account().isBalanced())
			.map(HandlerSnapshot::id)
			.toList();
		lines.add(unbalanced.isEmpty() ? "  Every event offered to the %d handlers is accounted for"
				: "  Of %d handlers some do not balance: " + unbalanced, snapshot.handlers().size());
	}

	private String endpoint() {
		String port = this.environment.getProperty("local.management.port",
				this.environment.getProperty("local.server.port", "8080"));
		return "http://localhost:" + port
				+ this.environment.getProperty("management.endpoints.web.base-path", "/actuator") + "/telemetryrouter";
	}

	private static String micros(Duration duration) {
		return micros((double) duration.toNanos());
	}

	private static String micros(double nanos) {
		return String.format(Locale.ROOT, "%.1f us", nanos / 1000);
	}

	/**
	 * Lines of text.
	 */
	private static final class Lines {

		private final StringJoiner lines = new StringJoiner(System.lineSeparator());

		void title(String text) {
			this.lines.add("").add(text);
		}

		void add(String format, Object... args) {
			this.lines.add(String.format(Locale.ROOT, format, args));
		}

		@Override
		public String toString() {
			return this.lines.toString();
		}

	}

}
