package io.telemetryrouter;

import java.time.Instant;

/**
 * How a handler is set aside that kept failing.
 *
 * @param since since when
 * @param nextAttempt from when on an event is let through to see whether it is well
 * @param times how many times the handler has been set aside since it was registered,
 * this time included; a failed attempt does not begin a new time
 * @param skipped how many events it was not given this time
 * @since 0.1.0
 */
public record QuarantineSnapshot(Instant since, Instant nextAttempt, long times, long skipped) {
}
