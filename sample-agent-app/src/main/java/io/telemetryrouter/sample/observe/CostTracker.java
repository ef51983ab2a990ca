package io.telemetryrouter.sample.observe;

import java.math.BigDecimal;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

import org.springframework.stereotype.Component;

import io.telemetryrouter.sample.agent.AgentRunCompleted;
import io.telemetryrouter.sample.agent.ModelResponseReceived;
import io.telemetryrouter.sample.agent.TokenUsage;
import io.telemetryrouter.sample.config.SampleProperties;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Adds up what runs cost. Synchronous, so that the number is right before the agent's
 * next step. It only computes, so events can be replayed to it.
 *
 * @since 0.1.0
 */
@Component
public class CostTracker {

	private final SampleProperties.Pricing pricing;

	private final Map<String, BigDecimal> spentByRun = new ConcurrentHashMap<>();

	private final AtomicReference<TokenUsage> total = new AtomicReference<>(TokenUsage.NONE);

	CostTracker(SampleProperties properties) {
		this.pricing = properties.pricing();
	}

	@TelemetryListener(priority = 10, replay = true)
	void onModelResponse(ModelResponseReceived response) {
		this.spentByRun.merge(response.runId(), this.pricing.cost(response.usage()), BigDecimal::add);
		this.total.accumulateAndGet(response.usage(), TokenUsage::plus);
	}

	@TelemetryListener(replay = true)
	void onRunCompleted(AgentRunCompleted run) {
		this.spentByRun.remove(run.runId());
	}

	/**
	 * Returns what a running run has cost so far.
	 * @param runId the run
	 * @return the cost
	 */
	public BigDecimal spentBy(String runId) {
		return this.spentByRun.getOrDefault(runId, BigDecimal.ZERO);
	}

	/**
	 * Returns the tokens that all runs have used since the start.
	 * @return the tokens
	 */
	public TokenUsage totalUsage() {
		return Objects.requireNonNull(this.total.get());
	}

}
