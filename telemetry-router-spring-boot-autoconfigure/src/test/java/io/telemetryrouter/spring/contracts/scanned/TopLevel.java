package io.telemetryrouter.spring.contracts.scanned;

import io.telemetryrouter.TelemetryEventType;

@TelemetryEventType(value = "scanned.top", critical = true)
record TopLevel(String text) {
}
