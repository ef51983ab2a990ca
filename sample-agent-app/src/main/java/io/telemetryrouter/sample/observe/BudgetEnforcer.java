package io.telemetryrouter.sample.observe;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.springframework.stereotype.Component;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.sample.agent.AgentRunCompleted;
import io.telemetryrouter.sample.agent.BudgetThresholdHit;
import io.telemetryrouter.sample.agent.ModelResponseReceived;
import io.telemetryrouter.sample.config.SampleProperties;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Says when a run reaches a threshold of its budget, each threshold once. Runs after the
 * {@link CostTracker}, whose sum it reads, by priority; and emits from inside a handler,
 * which is nothing special. It does not stop the run: observers observe.
 */
@Component
class BudgetEnforcer {

	private static final EventType<BudgetThresholdHit> THRESHOLD_HIT = EventType.of(BudgetThresholdHit.class);

	private final TelemetryEmitter telemetry;

	private final CostTracker costs;

	private final SampleProperties.Budget budget;

	private final Map<String, Integer> announcedByRun = new ConcurrentHashMap<>();

	BudgetEnforcer(TelemetryEmitter telemetry, CostTracker costs, SampleProperties properties) {
		this.telemetry = telemetry;
		this.costs = costs;
		this.budget = properties.budget();
	}

	@TelemetryListener(priority = 20)
	void onModelResponse(ModelResponseReceived response) {
		String runId = response.runId();
		BigDecimal spent = this.costs.spentBy(runId);
		List<BigDecimal> reached = this.budget.reached(spent);
		if (reached.isEmpty()) {
			return;
		}
		Integer before = this.announcedByRun.put(runId, reached.size());
		for (BigDecimal threshold : reached.subList((before != null) ? before : 0, reached.size())) {
			this.telemetry.emit(THRESHOLD_HIT, new BudgetThresholdHit(runId, threshold, spent, this.budget.perRun()));
		}
	}

	@TelemetryListener
	void onRunCompleted(AgentRunCompleted run) {
		this.announcedByRun.remove(run.runId());
	}

}
