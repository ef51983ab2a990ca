package io.telemetryrouter.spring.annotation.elsewhere;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Mentions a class that a test takes away, where only generics do.
 */
public class IncompleteListener {

	@TelemetryListener("x")
	void on(TelemetryEvent<Absent> event) {
	}

	/**
	 * The class to take away.
	 */
	public static class Absent {

	}

}
