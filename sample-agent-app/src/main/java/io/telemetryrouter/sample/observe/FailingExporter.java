package io.telemetryrouter.sample.observe;

import org.springframework.stereotype.Component;

import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Exports to a collector that is down. It fails on every event, on purpose, to show that
 * no other handler is affected and that the router quarantines it after ten failures.
 */
@Component
class FailingExporter {

	@TelemetryListener(events = { "tool.call.completed", "tool.call.failed" }, async = true)
	void export(ToolCall call) {
		throw new IllegalStateException("The collector is down (on purpose)");
	}

}
