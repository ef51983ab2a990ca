package io.telemetryrouter.spring.autoconfigure;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;

/**
 * Thrown when a property under {@code telemetry-router} is unknown or has an invalid
 * value.
 */
final class InvalidTelemetryRouterPropertyException extends RuntimeException {

	static final String GROUP = "It is a group of properties, not a value.";

	private final String property;

	private final @Nullable Object value;

	private final @Nullable Origin origin;

	private final String reason;

	private final String action;

	InvalidTelemetryRouterPropertyException(String property, @Nullable Object value, @Nullable Origin origin,
			String reason, String action) {
		super("Property '" + property + "' with value '" + printable(value) + "' is invalid: " + reason + " " + action);
		this.property = property;
		this.value = printable(value);
		this.origin = origin;
		this.reason = reason;
		this.action = action;
	}

	private static @Nullable Object printable(@Nullable Object value) {
		return (value instanceof Duration duration) ? LogText.duration(duration) : value;
	}

	String getProperty() {
		return this.property;
	}

	@Nullable Object getValue() {
		return this.value;
	}

	@Nullable Origin getOrigin() {
		return this.origin;
	}

	String getReason() {
		return this.reason;
	}

	String getAction() {
		return this.action;
	}

}
