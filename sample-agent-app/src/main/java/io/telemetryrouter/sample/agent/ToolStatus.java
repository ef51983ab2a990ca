package io.telemetryrouter.sample.agent;

/**
 * What became of a tool call.
 *
 * @since 0.1.0
 */
public enum ToolStatus {

	/**
	 * The tool did what it was asked.
	 */
	SUCCEEDED,

	/**
	 * The tool answered with an error.
	 */
	FAILED,

	/**
	 * The tool was not called: its approval was denied.
	 */
	DENIED,

	/**
	 * The tool was not called: nobody approved it in time.
	 */
	APPROVAL_TIMED_OUT

}
