package io.telemetryrouter;

/**
 * The threads that run an asynchronous handler.
 *
 * @since 0.1.0
 */
public enum LaneThread {

	/**
	 * Those of the router's {@linkplain TelemetryRouterBuilder#laneExecutor lane
	 * executor}, such as virtual threads; platform threads of the router's own if it has
	 * none.
	 */
	DEFAULT,

	/**
	 * Platform threads of the router's own, whatever the lane executor: for a handler
	 * that computes for long. On virtual threads, as many of those as there are
	 * processors delay all other handlers.
	 */
	PLATFORM

}
