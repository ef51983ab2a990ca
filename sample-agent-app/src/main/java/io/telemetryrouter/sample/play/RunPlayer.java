package io.telemetryrouter.sample.play;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.stereotype.Component;

import io.telemetryrouter.EventType;
import io.telemetryrouter.sample.agent.Agent;
import io.telemetryrouter.sample.agent.AgentRunCompleted;
import io.telemetryrouter.sample.agent.AgentRunStarted;
import io.telemetryrouter.sample.agent.BudgetThresholdHit;
import io.telemetryrouter.sample.agent.ModelResponseReceived;
import io.telemetryrouter.sample.agent.RunReport;
import io.telemetryrouter.sample.agent.ToolExecution;
import io.telemetryrouter.sample.agent.ToolStatus;
import io.telemetryrouter.sample.agent.UserMessageReceived;
import io.telemetryrouter.sample.config.SampleProperties;

/**
 * Plays one recorded run through the agent. Thread-safe.
 *
 * @since 0.1.0
 */
@Component
public class RunPlayer {

	private final Agent agent;

	private final SampleProperties properties;

	private final Set<String> running = ConcurrentHashMap.newKeySet();

	RunPlayer(Agent agent, SampleProperties properties) {
		this.agent = agent;
		this.properties = properties;
	}

	/**
	 * Plays a run on the calling thread.
	 * @param run the run
	 * @return what it came to
	 */
	public RunSummary play(RecordedRun run) {
		String id = claimId(run.runId());
		try {
			Replay replay = new Replay(run);
			return summarize(run.runId(), this.agent.run(id, replay, replay, replay));
		}
		finally {
			this.running.remove(id);
		}
	}

	/**
	 * Makes the id unique among the runs of the moment: anyone may post the same run
	 * twice at a time, and observers tell runs apart by their ids.
	 */
	private String claimId(String recorded) {
		String id = recorded;
		for (int i = 2; !this.running.add(id); i++) {
			id = recorded + "#" + i;
		}
		return id;
	}

	private RunSummary summarize(String runId, RunReport report) {
		BigDecimal cost = this.properties.pricing().cost(report.usage());
		SampleProperties.Budget budget = this.properties.budget();
		Map<String, Integer> tools = new LinkedHashMap<>();
		int executions = 0;
		for (ToolStatus status : ToolStatus.values()) {
			int count = report.toolExecutions().getOrDefault(status, 0);
			tools.put(status.name().toLowerCase(Locale.ROOT), count);
			executions += count;
		}
		Map<String, Integer> events = new LinkedHashMap<>();
		events.put(EventType.of(AgentRunStarted.class).name(), 1);
		events.put(EventType.of(UserMessageReceived.class).name(), report.userMessages());
		events.put(EventType.of(ModelResponseReceived.class).name(), report.modelResponses());
		events.put(EventType.of(ToolExecution.class).name(), executions);
		events.put(EventType.of(BudgetThresholdHit.class).name(), budget.reached(cost).size());
		events.put(EventType.of(AgentRunCompleted.class).name(), 1);
		return new RunSummary(runId, events, tools, report.usage(), cost, budget.perRun(),
				cost.compareTo(budget.perRun()) >= 0);
	}

}
