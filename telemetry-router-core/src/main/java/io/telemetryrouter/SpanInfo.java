package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * What the envelope of a {@linkplain TelemetrySpan span}'s event says about the span. It
 * is beside the payload, so that handlers get the payloads that were given. Immutable and
 * thread-safe.
 *
 * @since 0.1.0
 */
public interface SpanInfo {

	/**
	 * Returns the id that the events of one span share.
	 * @return 16 hexadecimal digits, unique across routers
	 */
	String spanId();

	/**
	 * Returns the id of the span that this one is nested in.
	 * @return the id, or {@code null} if there is none
	 */
	@Nullable String parentSpanId();

	/**
	 * Returns the name that the span was begun with: the event's name without its last
	 * segment.
	 * @return the name
	 */
	String name();

	/**
	 * Returns which event of the span it is.
	 * @return the status
	 */
	SpanStatus status();

	/**
	 * Returns how long the span took.
	 * @return nanoseconds, 0 for {@link SpanStatus#STARTED}
	 */
	long durationNanos();

	/**
	 * Returns the class of the error.
	 * @return a class name; {@code null} unless the status is {@link SpanStatus#FAILED}
	 */
	@Nullable String errorType();

}
