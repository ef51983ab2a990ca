package io.telemetryrouter.sample.agent;

import io.telemetryrouter.TelemetryEventType;

/**
 * The customer has said something.
 *
 * @param runId the run
 * @param characters the length of the message
 */
@TelemetryEventType("user_message_received")
public record UserMessageReceived(String runId, int characters) {
}
