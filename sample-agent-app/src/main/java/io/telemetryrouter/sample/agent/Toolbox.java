package io.telemetryrouter.sample.agent;

/**
 * The tools the agent can call.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Toolbox {

	/**
	 * Calls a tool. What this throws counts as a failure of the tool.
	 * @param call the call
	 * @return the tool's answer
	 */
	ToolResult call(ToolCall call);

}
