package io.telemetryrouter.spring.agent;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.Run;

/**
 * The properties of a run at its start.
 *
 * @param framework the framework
 * @param id the run's id, or {@code null} to generate one
 * @param agentName the agent
 * @param conversationId the conversation
 * @param streaming whether the answer is streamed
 * @param parent the run that starts this one, or {@code null} for the thread's current
 * run
 * @since 0.1.0
 */
public record RunDescription(String framework, @Nullable String id, @Nullable String agentName,
		@Nullable String conversationId, boolean streaming, @Nullable Run parent) {
}
