package io.telemetryrouter.spring.annotation.elsewhere;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Refers, only as a type argument, to a class that a test makes unavailable.
 */
public class IncompleteListener {

	@TelemetryListener("x")
	void on(TelemetryEvent<Absent> event) {
	}

	/**
	 * The class that is made unavailable.
	 */
	public static class Absent {

	}

}
