package io.telemetryrouter.sample.agent;

import java.util.Map;

/**
 * What a run came to.
 *
 * @param userMessages how many messages the customer sent
 * @param modelResponses how many responses the model gave
 * @param toolExecutions how many tool calls ended how
 * @param usage the tokens used
 * @since 0.1.0
 */
public record RunReport(int userMessages, int modelResponses, Map<ToolStatus, Integer> toolExecutions,
		TokenUsage usage) {

	public RunReport {
		toolExecutions = Map.copyOf(toolExecutions);
	}

}
