package io.telemetryrouter.sample.agent;

import java.util.Set;

/**
 * The tools that the agent can call.
 *
 * @since 0.1.0
 */
public interface Toolbox {

	/**
	 * Calls a tool.
	 * @param request the call
	 * @return the tool's answer
	 * @throws ToolException if the tool returns an error; any other exception counts as a
	 * failure, too
	 */
	String call(ToolRequest request);

	/**
	 * Returns the available tools.
	 * @return their names
	 */
	Set<String> tools();

	/**
	 * Returns the tools that transfer the customer, after which the agent does not
	 * respond any more.
	 * @return their names
	 */
	Set<String> finalTools();

}
