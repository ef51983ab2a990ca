package io.telemetryrouter.journal;

import java.time.Instant;
import java.util.UUID;

import io.telemetryrouter.TelemetryEvent;

/**
 * An envelope that a test makes itself.
 */
record TestEvent(String name, Object payload, long sequence, Instant timestamp,
		UUID id) implements TelemetryEvent<Object> {

	static final Instant TIME = Instant.parse("2026-11-27T10:15:30.123456789Z");

	TestEvent(String name, Object payload) {
		this(name, payload, 7, TIME, new UUID(1, 2));
	}

	TestEvent at(Instant time) {
		return new TestEvent(this.name, this.payload, this.sequence, time, this.id);
	}

}
