package io.telemetryrouter.sample.play;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.stereotype.Component;

import io.telemetryrouter.sample.agent.Agent;
import io.telemetryrouter.sample.agent.ApprovalDesk;
import io.telemetryrouter.sample.agent.RunReport;
import io.telemetryrouter.sample.agent.Session;
import io.telemetryrouter.sample.agent.ToolStatus;
import io.telemetryrouter.sample.observe.CostTracker;
import io.telemetryrouter.sample.observe.CostTracker.Spending;

/**
 * Plays one recorded run through the agent. Thread-safe.
 *
 * @since 0.1.0
 */
@Component
public class RunPlayer {

	private final Agent agent;

	private final ApprovalDesk approvals;

	private final CostTracker costs;

	private final Set<String> running = ConcurrentHashMap.newKeySet();

	RunPlayer(Agent agent, ApprovalDesk approvals, CostTracker costs) {
		this.agent = agent;
		this.approvals = approvals;
		this.costs = costs;
	}

	/**
	 * Plays a run on the calling thread.
	 * @param run the run
	 * @return the summary of the run
	 */
	public RunSummary play(RecordedRun run) {
		String id = claimId(run.runId());
		Replay replay = new Replay(run);
		Session session = new Session(id, replay, replay, replay, this.approvals);
		Spending spending;
		try {
			this.agent.run(session);
		}
		finally {
			spending = this.costs.close(id);
			this.running.remove(id);
		}
		return summarize(run.runId(), session.report(), spending);
	}

	/**
	 * Makes the id unique among the concurrent runs: the same run can be posted twice at
	 * a time, and handlers distinguish runs by id.
	 */
	private String claimId(String recorded) {
		String id = recorded;
		for (int i = 2; !this.running.add(id); i++) {
			id = recorded + "#" + i;
		}
		return id;
	}

	private static RunSummary summarize(String runId, RunReport report, Spending spending) {
		Map<String, Integer> tools = new LinkedHashMap<>();
		for (ToolStatus status : ToolStatus.values()) {
			tools.put(status.name().toLowerCase(Locale.ROOT), report.toolExecutions().getOrDefault(status, 0));
		}
		return new RunSummary(runId, report.userMessages(), report.modelResponses(), tools, report.usage(),
				spending.amount(), spending.exhausted());
	}

}
