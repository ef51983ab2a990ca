package io.telemetryrouter.sample.agent;

import java.time.Duration;

import io.telemetryrouter.TelemetryEventType;

/**
 * The model has answered, with text, tool calls or both.
 *
 * @param runId the run
 * @param usage the tokens used
 * @param toolCalls how many tool calls the model asks for
 * @param duration how long the model took
 * @since 0.1.0
 */
@TelemetryEventType("model_response_received")
public record ModelResponseReceived(String runId, TokenUsage usage, int toolCalls, Duration duration) {
}
