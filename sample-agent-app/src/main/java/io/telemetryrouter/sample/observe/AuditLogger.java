package io.telemetryrouter.sample.observe;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import org.springframework.stereotype.Component;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Logs a line for every event, without its payload. Asynchronous, so that the agent does
 * not wait for the log. Off by default; {@code --logging.level.audit=debug} enables it.
 */
@Component
class AuditLogger {

	private static final Logger logger = LoggerFactory.getLogger("audit");

	@TelemetryListener(events = "**", async = true)
	void onAny(TelemetryEvent<?> event) {
		logger.debug("{} #{} {} {}", event.timestamp(), event.sequence(), event.id(), event.name());
	}

}
