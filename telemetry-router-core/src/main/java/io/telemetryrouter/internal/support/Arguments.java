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
		String text = require(value, name);
		if (text.isBlank()) {
			throw new IllegalArgumentException("'" + name + "' must not be blank");
		}
		return text;
	}

	/** Checks a whole number. */
	public static <N extends Number> N requirePositive(N value, String name) {
		if (value.longValue() <= 0) {
			throw new IllegalArgumentException("'" + name + "' must be positive, but is " + value);
		}
		return value;
	}

	public static Duration requirePositive(@Nullable Duration value, String name) {
		Duration duration = require(value, name);
		if (duration.isNegative() || duration.isZero()) {
			throw new IllegalArgumentException(
					"'" + name + "' must be positive, but is " + Durations.printable(duration));
		}
		return duration;
	}

	public static Duration requireNotNegative(@Nullable Duration value, String name) {
		Duration duration = require(value, name);
		if (duration.isNegative()) {
			throw new IllegalArgumentException(
					"'" + name + "' must not be negative, but is " + Durations.printable(duration));
		}
		return duration;
	}

}
