package io.telemetryrouter;

/**
 * The threads that run an asynchronous handler.
 *
 * @since 0.1.0
 */
public enum LaneThread {

	/**
	 * Threads of the router's {@linkplain TelemetryRouterBuilder#laneExecutor lane
	 * executor}, such as virtual threads; platform threads of the router if no executor
	 * is set.
	 */
	DEFAULT,

	/**
	 * Platform threads of the router, regardless of the lane executor: for a CPU-bound
	 * handler. On virtual threads, as many CPU-bound handlers as there are processors
	 * delay all other handlers.
	 */
	PLATFORM

}
