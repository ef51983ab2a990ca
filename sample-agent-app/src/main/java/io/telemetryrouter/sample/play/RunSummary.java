package io.telemetryrouter.sample.play;

import java.math.BigDecimal;
import java.util.Map;

import io.telemetryrouter.sample.agent.TokenUsage;

/**
 * Summary of a played run.
 *
 * @param runId the run's id, as recorded
 * @param userMessages the number of the customer's messages
 * @param modelResponses the number of the model's responses
 * @param toolExecutions the number of tool calls by outcome
 * @param tokens the tokens used
 * @param cost the cost of the tokens
 * @param budgetExhausted whether the run's budget is exhausted
 * @since 0.1.0
 */
public record RunSummary(String runId, int userMessages, int modelResponses, Map<String, Integer> toolExecutions,
		TokenUsage tokens, BigDecimal cost, boolean budgetExhausted) {

}
