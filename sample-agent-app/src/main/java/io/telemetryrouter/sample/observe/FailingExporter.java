package io.telemetryrouter.sample.observe;

import org.springframework.stereotype.Component;

import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Exports to a collector that is down: fails on every event, on purpose, to show that
 * nobody else notices and that the router sets it aside after ten failures.
 */
@Component
class FailingExporter {

	@TelemetryListener(events = { "tool.call.completed", "tool.call.failed" }, async = true)
	void export(ToolCall call) {
		throw new IllegalStateException("The collector is down (on purpose)");
	}

}
