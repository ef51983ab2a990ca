package io.telemetryrouter.internal.event;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.SpanInfo;
import io.telemetryrouter.SpanStatus;

/**
 * Marks an event as the beginning or the end of a span.
 */
public record SpanMark(SpanIdentity span, SpanStatus status, long durationNanos,
		@Nullable String errorType) implements SpanInfo {

	@Override
	public String spanId() {
		return this.span.id();
	}

	@Override
	public @Nullable String parentSpanId() {
		return this.span.parentId();
	}

	@Override
	public String name() {
		return this.span.name;
	}

}
