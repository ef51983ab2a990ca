package io.telemetryrouter;

/**
 * The state of a handler. If several apply, the first one in declaration order that is
 * not {@link #ACTIVE} is shown: a pause, which is deliberate, before a stuck call, which
 * needs attention, before a quarantine, which ends by itself.
 *
 * @since 0.1.0
 */
public enum HandlerStatus {

	/**
	 * It takes events.
	 */
	ACTIVE,

	/**
	 * It was paused by {@link TelemetryRouter#pause(String)}.
	 */
	PAUSED,

	/**
	 * One of its calls has been running for longer than the stuck threshold, or was
	 * abandoned and has not returned.
	 */
	STUCK,

	/**
	 * It is quarantined after repeated failures.
	 */
	QUARANTINED

}
