package io.telemetryrouter.sample.agent;

import io.telemetryrouter.TelemetryEventType;

/**
 * The customer has said something. Carries a length, no text: what is not emitted cannot
 * leak from an observer.
 *
 * @param runId the run
 * @param characters the length of the message
 * @since 0.1.0
 */
@TelemetryEventType("user_message_received")
public record UserMessageReceived(String runId, int characters) {
}
