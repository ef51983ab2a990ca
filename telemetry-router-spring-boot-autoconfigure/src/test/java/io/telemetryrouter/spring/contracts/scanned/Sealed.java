package io.telemetryrouter.spring.contracts.scanned;

import io.telemetryrouter.TelemetryEventType;

@TelemetryEventType("scanned.sealed")
sealed interface Sealed permits Sealed.One {

	record One(String text) implements Sealed {
	}

}
