package io.telemetryrouter;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

/**
 * When a handler that keeps failing is set aside, and for how long. Once the time is up a
 * single event is let through: if it is handled, the handler is back; if it fails, the
 * handler is set aside for twice as long. A handler is never given up.
 *
 * @param enabled whether handlers are set aside at all
 * @param failures how many failures in a row set a handler aside
 * @param failureRate which share of failed calls does, between 0 (exclusive) and 1
 * @param window over which time the share is taken; it begins anew with the first failure
 * after it has passed
 * @param minimumCalls how many calls the window must have seen for the share to count
 * @param delay how long a handler is set aside at first
 * @param maxDelay how long it is set aside at most
 * @since 0.1.0
 */
public record QuarantineSettings(boolean enabled, int failures, double failureRate, Duration window, int minimumCalls,
		Duration delay, Duration maxDelay) {

	private static final QuarantineSettings DEFAULTS = new QuarantineSettings(true, 10, 0.8, Duration.ofMinutes(1), 50,
			Duration.ofSeconds(1), Duration.ofMinutes(1));

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if a value makes no sense
	 */
	public QuarantineSettings {
		requirePositive(failures, "failures");
		if (!(failureRate > 0 && failureRate <= 1)) {
			throw new IllegalArgumentException(
					"'failureRate' must be greater than 0 and at most 1, but is " + failureRate);
		}
		requirePositive(window, "window");
		requirePositive(minimumCalls, "minimumCalls");
		requirePositive(delay, "delay");
		if (requirePositive(maxDelay, "maxDelay").compareTo(delay) < 0) {
			throw new IllegalArgumentException(
					"'maxDelay' must not be shorter than 'delay', which is " + delay + ", but is " + maxDelay);
		}
	}

	/**
	 * Returns the default settings.
	 * @return 10 failures in a row, or 80 % of at least 50 calls in a minute; one second,
	 * doubled up to a minute
	 */
	public static QuarantineSettings defaults() {
		return DEFAULTS;
	}

	/**
	 * Returns settings that set no handler aside.
	 * @return the settings
	 */
	public static QuarantineSettings disabled() {
		return new QuarantineSettings(false, DEFAULTS.failures, DEFAULTS.failureRate, DEFAULTS.window,
				DEFAULTS.minimumCalls, DEFAULTS.delay, DEFAULTS.maxDelay);
	}

	/**
	 * Returns these settings with another number of failures in a row.
	 * @param failures the number
	 * @return the settings
	 */
	public QuarantineSettings withFailures(int failures) {
		return new QuarantineSettings(this.enabled, failures, this.failureRate, this.window, this.minimumCalls,
				this.delay, this.maxDelay);
	}

	/**
	 * Returns these settings with another share of failed calls.
	 * @param failureRate the share, between 0 (exclusive) and 1
	 * @param window over which time it is taken
	 * @param minimumCalls how many calls there must have been
	 * @return the settings
	 */
	public QuarantineSettings withFailureRate(double failureRate, Duration window, int minimumCalls) {
		return new QuarantineSettings(this.enabled, this.failures, failureRate, window, minimumCalls, this.delay,
				this.maxDelay);
	}

	/**
	 * Returns these settings with other delays.
	 * @param delay how long a handler is set aside at first
	 * @param maxDelay how long at most
	 * @return the settings
	 */
	public QuarantineSettings withDelay(Duration delay, Duration maxDelay) {
		return new QuarantineSettings(this.enabled, this.failures, this.failureRate, this.window, this.minimumCalls,
				delay, maxDelay);
	}

	private static void requirePositive(int value, String name) {
		if (value <= 0) {
			throw new IllegalArgumentException("'" + name + "' must be positive, but is " + value);
		}
	}

	private static Duration requirePositive(@Nullable Duration value, String name) {
		if (value == null) {
			throw new IllegalArgumentException("'" + name + "' must not be null");
		}
		if (value.isNegative() || value.isZero()) {
			throw new IllegalArgumentException("'" + name + "' must be positive, but is " + value);
		}
		return value;
	}

}
