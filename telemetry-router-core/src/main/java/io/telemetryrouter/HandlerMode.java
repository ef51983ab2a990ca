package io.telemetryrouter;

/**
 * The execution mode of a handler.
 *
 * @since 0.1.0
 */
public enum HandlerMode {

	/**
	 * Inline, on the emitting thread.
	 */
	SYNC,

	/**
	 * On a lane of its own: a bounded queue with a serial worker.
	 */
	ASYNC

}
