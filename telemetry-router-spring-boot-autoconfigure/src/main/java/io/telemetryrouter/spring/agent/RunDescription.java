package io.telemetryrouter.spring.agent;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.Run;

/**
 * What an adapter knows of a run when it starts.
 *
 * @param framework the framework
 * @param id the run's id, or {@code null} for one of ours
 * @param agentName the agent
 * @param conversationId the conversation
 * @param streaming whether the answer is streamed
 * @param parent the run that starts this one, or {@code null} for that of the thread
 * @since 0.1.0
 */
public record RunDescription(String framework, @Nullable String id, @Nullable String agentName,
		@Nullable String conversationId, boolean streaming, @Nullable Run parent) {
}
