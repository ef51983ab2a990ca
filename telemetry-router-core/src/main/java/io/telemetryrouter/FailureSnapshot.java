package io.telemetryrouter;

import java.time.Instant;

/**
 * A handler's last failure. Its message is left out, since it may quote a payload.
 *
 * @param type the class name of what was thrown
 * @param at when
 * @since 0.1.0
 */
public record FailureSnapshot(String type, Instant at) {
}
