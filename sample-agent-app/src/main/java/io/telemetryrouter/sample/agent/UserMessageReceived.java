package io.telemetryrouter.sample.agent;

import io.telemetryrouter.TelemetryEventType;

/**
 * The customer sent a message. The payload has its length only: text that is not emitted
 * cannot leak from a handler.
 *
 * @param runId the run
 * @param characters the length of the message
 * @since 0.1.0
 */
@TelemetryEventType("user_message_received")
public record UserMessageReceived(String runId, int characters) {
}
