package io.telemetryrouter;

import java.time.Duration;

import io.telemetryrouter.internal.support.Arguments;
import io.telemetryrouter.internal.support.Durations;

/**
 * The conditions under which a repeatedly failing handler is quarantined, and the
 * duration of the quarantine. The events of a quarantined handler are dropped
 * ({@link DropReason#QUARANTINED}). After the delay one event is the probe: if it is
 * handled, the handler has recovered; if it fails, the delay doubles. No probe is made
 * while a call that was abandoned after the handler timeout has not returned. The number
 * of probes is unlimited.
 *
 * @param enabled whether handlers are quarantined at all
 * @param failures the number of consecutive failures, or of timed-out calls that have not
 * returned, at which a handler is quarantined
 * @param failureRate the share of failed calls at which a handler is quarantined, greater
 * than 0 and at most 1
 * @param window the time over which the failure rate is measured; a new window begins
 * with the first failure after the previous one has passed
 * @param minimumCalls the number of calls in the window below which the failure rate is
 * ignored
 * @param delay the time until the first probe
 * @param maxDelay the longest time until a probe
 * @since 0.1.0
 */
public record QuarantineSettings(boolean enabled, int failures, double failureRate, Duration window, int minimumCalls,
		Duration delay, Duration maxDelay) {

	private static final QuarantineSettings DEFAULTS = new QuarantineSettings(true, 10, 0.8, Duration.ofMinutes(1), 50,
			Duration.ofSeconds(1), Duration.ofMinutes(1));

	/**
	 * Creates settings.
	 * @throws IllegalArgumentException if a value is out of range
	 */
	public QuarantineSettings {
		Arguments.requirePositive(failures, "failures");
		if (!(failureRate > 0 && failureRate <= 1)) {
			throw new IllegalArgumentException(
					"'failureRate' must be greater than 0 and at most 1, but is " + failureRate);
		}
		Arguments.requirePositive(window, "window");
		Arguments.requirePositive(minimumCalls, "minimumCalls");
		Arguments.requirePositive(delay, "delay");
		if (Arguments.requirePositive(maxDelay, "maxDelay").compareTo(delay) < 0) {
			throw new IllegalArgumentException("'maxDelay' must not be shorter than 'delay', which is "
					+ Durations.printable(delay) + ", but is " + Durations.printable(maxDelay));
		}
	}

	/**
	 * {@return the default settings: 10 consecutive failures, or 80 % of at least 50
	 * calls in a minute; a delay of one second, doubled up to a minute}
	 */
	public static QuarantineSettings defaults() {
		return DEFAULTS;
	}

	/**
	 * {@return settings that quarantine no handler}
	 */
	public static QuarantineSettings disabled() {
		return new QuarantineSettings(false, DEFAULTS.failures, DEFAULTS.failureRate, DEFAULTS.window,
				DEFAULTS.minimumCalls, DEFAULTS.delay, DEFAULTS.maxDelay);
	}

	/**
	 * Returns these settings with another number of consecutive failures.
	 * @param failures the number
	 * @return the settings
	 */
	public QuarantineSettings withFailures(int failures) {
		return new QuarantineSettings(this.enabled, failures, this.failureRate, this.window, this.minimumCalls,
				this.delay, this.maxDelay);
	}

	/**
	 * Returns these settings with another failure rate.
	 * @param failureRate the share of failed calls, greater than 0 and at most 1
	 * @param window the time over which it is measured
	 * @param minimumCalls the number of calls below which it is ignored
	 * @return the settings
	 */
	public QuarantineSettings withFailureRate(double failureRate, Duration window, int minimumCalls) {
		return new QuarantineSettings(this.enabled, this.failures, failureRate, window, minimumCalls, this.delay,
				this.maxDelay);
	}

	/**
	 * Returns these settings with other delays.
	 * @param delay the time until the first probe
	 * @param maxDelay the longest time until a probe
	 * @return the settings
	 */
	public QuarantineSettings withDelay(Duration delay, Duration maxDelay) {
		return new QuarantineSettings(this.enabled, this.failures, this.failureRate, this.window, this.minimumCalls,
				delay, maxDelay);
	}

}
