package io.telemetryrouter.spring.slice;

import org.springframework.stereotype.Component;

import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Listens to what {@link RunController} emits.
 */
@Component
class RunListener {

	@TelemetryListener("run_started")
	void on(String run) {
	}

	@TelemetryListener(events = "run_started", async = true)
	void later(String run) {
	}

}
