package io.telemetryrouter;

/**
 * One failed call of a handler, or of its condition.
 *
 * @param handlerId the handler's id
 * @param event the event's name
 * @param error what was thrown
 * @since 0.1.0
 */
public record HandlerFailure(String handlerId, String event, Throwable error) {
}
