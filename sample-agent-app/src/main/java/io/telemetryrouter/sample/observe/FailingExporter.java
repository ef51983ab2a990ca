package io.telemetryrouter.sample.observe;

import org.springframework.stereotype.Component;

import io.telemetryrouter.sample.agent.ToolExecution;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Exports to a collector that is down: fails on every event, on purpose, to show that
 * nobody else notices and that the router sets it aside after ten failures.
 */
@Component
class FailingExporter {

	@TelemetryListener(async = true)
	void export(ToolExecution execution) {
		throw new IllegalStateException("The collector is down (on purpose)");
	}

}
