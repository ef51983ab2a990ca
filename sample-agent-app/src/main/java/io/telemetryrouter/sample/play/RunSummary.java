package io.telemetryrouter.sample.play;

import java.math.BigDecimal;
import java.util.Map;

import io.telemetryrouter.sample.agent.TokenUsage;

/**
 * What a played run came to.
 *
 * @param runId the run's id, as recorded
 * @param events how many events the run caused, by name
 * @param toolExecutions how many tool calls ended how
 * @param tokens the tokens used
 * @param cost what they cost
 * @param budget what the run may cost
 * @param budgetExhausted whether nothing is left
 * @since 0.1.0
 */
public record RunSummary(String runId, Map<String, Integer> events, Map<String, Integer> toolExecutions,
		TokenUsage tokens, BigDecimal cost, BigDecimal budget, boolean budgetExhausted) {
}
