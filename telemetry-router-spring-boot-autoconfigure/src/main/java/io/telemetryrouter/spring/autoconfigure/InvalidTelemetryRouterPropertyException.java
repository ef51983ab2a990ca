package io.telemetryrouter.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.origin.Origin;

/**
 * Thrown when a property under {@code telemetry-router} is unknown or has an impossible
 * value.
 */
final class InvalidTelemetryRouterPropertyException extends RuntimeException {

	private final String property;

	private final @Nullable Object value;

	private final @Nullable Origin origin;

	private final String reason;

	private final String action;

	InvalidTelemetryRouterPropertyException(String property, @Nullable Object value, @Nullable Origin origin,
			String reason, String action) {
		super("Property '" + property + "' with value '" + value + "' is invalid: " + reason + " " + action);
		this.property = property;
		this.value = value;
		this.origin = origin;
		this.reason = reason;
		this.action = action;
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
