package io.telemetryrouter.spring.contracts.scanned;

import io.telemetryrouter.TelemetryEventType;

@TelemetryEventType("scanned.top")
record TopLevel(String text) {
}
