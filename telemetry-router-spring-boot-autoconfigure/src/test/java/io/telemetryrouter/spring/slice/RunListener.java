package io.telemetryrouter.spring.slice;

import org.springframework.stereotype.Component;

import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Listens to the event of {@link RunController}.
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
