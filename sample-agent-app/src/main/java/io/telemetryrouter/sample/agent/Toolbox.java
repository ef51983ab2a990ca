package io.telemetryrouter.sample.agent;

import java.util.Set;

/**
 * The tools the agent can call.
 *
 * @since 0.1.0
 */
public interface Toolbox {

	/**
	 * Calls a tool.
	 * @param request the call
	 * @return the tool's answer
	 * @throws ToolException if the tool answers with an error; anything else it throws
	 * counts as a failure, too
	 */
	String call(ToolRequest request);

	/**
	 * Returns the tools that there are.
	 * @return their names
	 */
	Set<String> tools();

	/**
	 * Returns the tools that hand the customer over to somebody else, so that the agent
	 * has nothing more to say.
	 * @return their names
	 */
	Set<String> finalTools();

}
