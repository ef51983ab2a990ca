package io.telemetryrouter.spring.slice;

import io.telemetryrouter.TelemetryEventType;

/**
 * The contract of an event.
 *
 * @param score any number
 */
@TelemetryEventType("run_scored")
record RunScored(int score) {
}
