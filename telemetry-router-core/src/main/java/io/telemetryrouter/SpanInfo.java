package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * The attributes of a {@linkplain TelemetrySpan span} in the envelope of each of its
 * events. They are separate from the payload, so that handlers receive payloads
 * unchanged. Immutable and thread-safe.
 *
 * @since 0.1.0
 */
public interface SpanInfo {

	/**
	 * {@return the id that the events of one span share: 16 hexadecimal digits, unique
	 * across routers}
	 */
	String spanId();

	/**
	 * {@return the id of the span that this one is nested in, or {@code null} if there is
	 * none}
	 */
	@Nullable String parentSpanId();

	/**
	 * {@return the name that the span was begun with: the event's name without its last
	 * segment}
	 */
	String name();

	/**
	 * {@return the status of the span as of this event}
	 */
	SpanStatus status();

	/**
	 * {@return the duration of the span in nanoseconds, 0 for {@link SpanStatus#STARTED}}
	 */
	long durationNanos();

	/**
	 * {@return the class name of the error; {@code null} unless the status is
	 * {@link SpanStatus#FAILED}}
	 */
	@Nullable String errorType();

}
