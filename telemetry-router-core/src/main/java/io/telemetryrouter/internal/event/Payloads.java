package io.telemetryrouter.internal.event;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.SpanInfo;
import io.telemetryrouter.TelemetryEvent;

/**
 * Casts or converts payloads and envelopes of unknown type to the type of a handler.
 */
public final class Payloads {

	private Payloads() {
	}

	/**
	 * Returns a payload that may be {@code null} as an {@code Object}, for handlers of
	 * any payload.
	 */
	@SuppressWarnings("NullAway")
	public static Object asIs(@Nullable Object payload) {
		return payload;
	}

	/**
	 * Returns a payload that a handler accepts, converted to its type if it has another.
	 */
	public static @Nullable Object converted(@Nullable Object payload, Class<?> type,
			HandlerSpec.@Nullable Conversion<?> conversion) {
		if (conversion == null || payload == null || type.isInstance(payload)) {
			return payload;
		}
		return type.cast(Objects.requireNonNull(conversion.function().apply(payload)));
	}

	/**
	 * Casts an envelope for a handler. The caller has checked the type of the payload.
	 */
	@SuppressWarnings("unchecked")
	public static TelemetryEvent<Object> typed(@Nullable Envelope<?> envelope) {
		return (TelemetryEvent<Object>) Objects.requireNonNull(envelope);
	}

	/** Casts an envelope for a handler, and replaces its payload if another is given. */
	public static TelemetryEvent<Object> typed(@Nullable Envelope<?> envelope, @Nullable Object payload) {
		TelemetryEvent<Object> event = typed(envelope);
		return (payload == null || payload == event.payload()) ? event : new Converted(event, payload);
	}

	/** An event whose payload was converted for one handler. */
	private record Converted(TelemetryEvent<Object> event, Object payload) implements TelemetryEvent<Object> {

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

		/** Omits the payload, since the text may be logged. */
		@Override
		public String toString() {
			return this.event.toString();
		}

	}

}
