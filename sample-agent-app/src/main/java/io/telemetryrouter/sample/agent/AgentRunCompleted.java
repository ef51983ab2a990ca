package io.telemetryrouter.sample.agent;

import java.time.Duration;

import io.telemetryrouter.TelemetryEventType;

/**
 * A run has ended, well or not.
 *
 * @param runId the run
 * @param failed whether the loop was cut short by an error
 * @param modelResponses how many responses the model gave
 * @param duration how long the run took
 * @since 0.1.0
 */
@TelemetryEventType("agent_run_completed")
public record AgentRunCompleted(String runId, boolean failed, int modelResponses, Duration duration) {
}
