package io.telemetryrouter.internal.event;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.SpanInfo;
import io.telemetryrouter.TelemetryEvent;

/**
 * An event with a payload that was converted for one handler.
 */
public record ConvertedEvent(TelemetryEvent<Object> event, Object payload) implements TelemetryEvent<Object> {

	@Override
	public String name() {
		return this.event.name();
	}

	@Override
	public long sequence() {
		return this.event.sequence();
	}

	@Override
	public Instant timestamp() {
		return this.event.timestamp();
	}

	@Override
	public UUID id() {
		return this.event.id();
	}

	@Override
	public @Nullable String runId() {
		return this.event.runId();
	}

	@Override
	public @Nullable String parentRunId() {
		return this.event.parentRunId();
	}

	@Override
	public long runSequence() {
		return this.event.runSequence();
	}

	@Override
	public @Nullable UUID causationId() {
		return this.event.causationId();
	}

	@Override
	public @Nullable SpanInfo span() {
		return this.event.span();
	}

	@Override
	public boolean replayed() {
		return this.event.replayed();
	}

	/** Shows no payload, since the text ends up in logs. */
	@Override
	public String toString() {
		return this.event.toString();
	}

}
