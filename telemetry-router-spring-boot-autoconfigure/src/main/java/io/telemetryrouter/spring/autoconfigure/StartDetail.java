package io.telemetryrouter.spring.autoconfigure;

/**
 * Contributes a detail to the log line about the router's start, for the
 * auto-configurations that depend on the router's.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface StartDetail {

	/**
	 * Returns the detail.
	 * @return a few words without a full stop
	 */
	String describe();

}
