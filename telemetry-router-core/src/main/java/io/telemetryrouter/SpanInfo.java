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
	 * {@return which event of the span it is}
	 */
	SpanStatus status();

	/**
	 * {@return how many nanoseconds the span took, 0 for {@link SpanStatus#STARTED}}
	 */
	long durationNanos();

	/**
	 * {@return the class name of the error; {@code null} unless the status is
	 * {@link SpanStatus#FAILED}}
	 */
	@Nullable String errorType();

}
