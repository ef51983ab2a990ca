package io.telemetryrouter.internal.support;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * Checks arguments. Each method returns the argument, or throws an
 * {@link IllegalArgumentException} that names it.
 */
public final class Arguments {

	private Arguments() {
	}

	public static <T> T require(@Nullable T value, String name) {
		if (value == null) {
			throw new IllegalArgumentException("'" + name + "' must not be null");
		}
		return value;
	}

	public static String requireText(@Nullable String value, String name) {
		if (require(value, name).isBlank()) {
			throw new IllegalArgumentException("'" + name + "' must not be blank");
		}
		return value;
	}

	/** Checks a whole number. */
	public static <N extends Number> N requirePositive(N value, String name) {
		if (value.longValue() <= 0) {
			throw new IllegalArgumentException("'" + name + "' must be positive, but is " + value);
		}
		return value;
	}

	public static Duration requirePositive(@Nullable Duration value, String name) {
		if (require(value, name).isNegative() || value.isZero()) {
			throw new IllegalArgumentException("'" + name + "' must be positive, but is " + Durations.printable(value));
		}
		return value;
	}

	public static Duration requireNotNegative(@Nullable Duration value, String name) {
		if (require(value, name).isNegative()) {
			throw new IllegalArgumentException(
					"'" + name + "' must not be negative, but is " + Durations.printable(value));
		}
		return value;
	}

}
