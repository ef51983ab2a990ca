package io.telemetryrouter.sample.play;

import java.math.BigDecimal;
import java.util.Map;

import io.telemetryrouter.sample.agent.TokenUsage;

/**
 * What a played run came to.
 *
 * @param runId the run's id, as recorded
 * @param userMessages how many messages the customer sent
 * @param modelResponses how many responses the model gave
 * @param toolExecutions how many tool calls ended how
 * @param tokens the tokens used
 * @param cost what they cost
 * @param budgetExhausted whether nothing is left of the run's budget
 * @since 0.1.0
 */
public record RunSummary(String runId, int userMessages, int modelResponses, Map<String, Integer> toolExecutions,
		TokenUsage tokens, BigDecimal cost, boolean budgetExhausted) {

}
