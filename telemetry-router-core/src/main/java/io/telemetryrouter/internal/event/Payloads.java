package io.telemetryrouter.internal.event;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEvent;

/**
 * Casts between payloads of unknown type and the type of a handler.
 */
public final class Payloads {

	private Payloads() {
	}

	/**
	 * Passes on a payload that may be {@code null}, for handlers of any {@code Object}.
	 */
	@SuppressWarnings("NullAway")
	public static Object asIs(@Nullable Object payload) {
		return payload;
	}

	/** Passes an envelope to a handler that its payload has been checked for. */
	@SuppressWarnings("unchecked")
	public static TelemetryEvent<Object> typed(@Nullable Envelope<?> envelope) {
		return (TelemetryEvent<Object>) Objects.requireNonNull(envelope);
	}

	/** Passes an envelope, with a payload that may be another than its own. */
	public static TelemetryEvent<Object> typed(@Nullable Envelope<?> envelope, @Nullable Object payload) {
		TelemetryEvent<Object> event = typed(envelope);
		return (payload == null || payload == event.payload()) ? event : new ConvertedEvent(event, payload);
	}

}
