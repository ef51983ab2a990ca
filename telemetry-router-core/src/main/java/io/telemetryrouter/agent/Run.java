package io.telemetryrouter.agent;

import org.jspecify.annotations.Nullable;

/**
 * The run that an event belongs to. A run that another run starts, for instance an agent
 * that is a tool, has that run as its parent.
 *
 * @param id the run's id, the same as that of the event's envelope
 * @param parentId the id of the run that started this one; {@code null} if none did
 * @param rootId the id of the outermost run; that of the run itself if it has no parent
 * @param framework the framework that runs the agent, such as {@code spring-ai};
 * {@code null} for none
 * @param agentName the agent ({@code gen_ai.agent.name})
 * @param conversationId the conversation that the run continues
 * ({@code gen_ai.conversation.id})
 * @since 0.1.0
 */
public record Run(String id, @Nullable String parentId, String rootId, @Nullable String framework,
		@Nullable String agentName, @Nullable String conversationId) {

	/**
	 * Returns a run without a parent, of which only the id is known.
	 * @param id the id
	 * @return the run
	 */
	public static Run of(String id) {
		return new Run(id, null, id, null, null, null);
	}

}
