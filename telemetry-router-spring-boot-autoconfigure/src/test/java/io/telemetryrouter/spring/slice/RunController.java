package io.telemetryrouter.spring.slice;

import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.telemetryrouter.TelemetryEmitter;

/**
 * Emits an event for each request.
 */
@RestController
class RunController {

	private final TelemetryEmitter telemetry;

	RunController(TelemetryEmitter telemetry) {
		this.telemetry = telemetry;
	}

	@GetMapping("/runs")
	String run() {
		this.telemetry.emit("run_started", "r1");
		return "started";
	}

}
