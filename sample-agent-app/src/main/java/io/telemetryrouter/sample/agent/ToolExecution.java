package io.telemetryrouter.sample.agent;

import java.time.Duration;

import io.telemetryrouter.TelemetryEventType;

/**
 * A tool call has been dealt with: exactly one event for each call of the model.
 *
 * @param runId the run
 * @param tool the tool's name
 * @param status what became of the call
 * @param duration how long the tool took, without the wait for an approval
 * @since 0.1.0
 */
@TelemetryEventType("tool_execution")
public record ToolExecution(String runId, String tool, ToolStatus status, Duration duration) {
}
