package io.telemetryrouter.internal.event;

import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEvent;

/**
 * Crosses the border between what the router knows of a payload (nothing) and what a
 * handler's type says.
 */
public final class Payloads {

	private Payloads() {
	}

	/**
	 * Passes a payload on that may be null: only handlers of any {@code Object}
	 * get those.
	 * @param payload the payload
	 * @return the payload
	 */
	@SuppressWarnings("NullAway")
	public static Object asIs(@Nullable Object payload) {
		return payload;
	}

	/**
	 * Passes an envelope on to a handler that its payload has been checked for.
	 * @param envelope the envelope, made because the handler needs one
	 * @return the envelope
	 */
	@SuppressWarnings("unchecked")
	public static TelemetryEvent<Object> typed(@Nullable Envelope<?> envelope) {
		return (TelemetryEvent<Object>) Objects.requireNonNull(envelope);
	}

}
