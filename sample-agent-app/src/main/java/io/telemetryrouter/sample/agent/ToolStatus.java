package io.telemetryrouter.sample.agent;

/**
 * Outcome of a tool call.
 *
 * @since 0.1.0
 */
public enum ToolStatus {

	/**
	 * The tool returned a result.
	 */
	SUCCEEDED,

	/**
	 * The tool returned an error.
	 */
	FAILED,

	/**
	 * The tool was not called: its approval was denied.
	 */
	DENIED,

	/**
	 * The tool was not called: its approval timed out.
	 */
	APPROVAL_TIMED_OUT

}
