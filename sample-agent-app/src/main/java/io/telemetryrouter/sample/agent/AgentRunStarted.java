package io.telemetryrouter.sample.agent;

import io.telemetryrouter.TelemetryEventType;

/**
 * A run has begun. The agent's events carry sizes and counts, never texts: what is not
 * emitted cannot leak from an observer.
 *
 * @param runId the run
 * @since 0.1.0
 */
@TelemetryEventType("agent_run_started")
public record AgentRunStarted(String runId) {
}
