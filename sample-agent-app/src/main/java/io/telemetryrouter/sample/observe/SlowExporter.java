package io.telemetryrouter.sample.observe;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import org.springframework.stereotype.Component;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.spring.annotation.TelemetryListener;

/**
 * Exports to a collector that accepts 200 events a second. It is slow on purpose, to show
 * that its small queue drops the excess events and that the agent does not wait.
 */
@Component
class SlowExporter {

	private static final long INTERVAL = Duration.ofMillis(5).toNanos();

	@TelemetryListener(events = "**", async = true, maxQueue = 8)
	void export(TelemetryEvent<?> event) {
		long end = System.nanoTime() + INTERVAL;
		long left = INTERVAL;
		while (left > 0 && !Thread.currentThread().isInterrupted()) {
			LockSupport.parkNanos(this, left);
			left = end - System.nanoTime();
		}
	}

}
