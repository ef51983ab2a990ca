package io.telemetryrouter;

/**
 * How a handler is. Where several hold, the first of them in the order of this list that
 * is not {@link #ACTIVE} is shown: what someone did on purpose before what needs a look,
 * and that before what heals by itself.
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
	 * One of its calls has been running for longer than the stuck threshold, or was given
	 * up and has not returned.
	 */
	STUCK,

	/**
	 * It is set aside after repeated failures, for a time.
	 */
	QUARANTINED

}
