package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * One failed call of a handler, or of its condition.
 *
 * @param handlerId the handler's id
 * @param event the event's name
 * @param error the exception that was thrown
 * @param envelope the event's envelope, or {@code null} if none was created, as for
 * events that only synchronous payload handlers without a condition receive
 * @since 0.1.0
 */
public record HandlerFailure(String handlerId, String event, Throwable error, @Nullable TelemetryEvent<?> envelope) {
}
