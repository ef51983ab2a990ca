package io.telemetryrouter.sample.agent;

import java.util.Map;

/**
 * Counts of a run.
 *
 * @param userMessages the number of the customer's messages
 * @param modelResponses the number of the model's responses
 * @param toolExecutions the number of tool calls by outcome
 * @param usage the tokens used
 * @since 0.1.0
 */
public record RunReport(int userMessages, int modelResponses, Map<ToolStatus, Integer> toolExecutions,
		TokenUsage usage) {

	public RunReport {
		toolExecutions = Map.copyOf(toolExecutions);
	}

}
