package io.telemetryrouter;

/**
 * Called for every failed call of a handler or of its condition, on the thread on which
 * the call failed; for an abandoned call, on a thread of the router. Exceptions that the
 * listener throws are caught and logged at a limited rate.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HandlerErrorListener {

	/**
	 * Called after a handler or its condition threw.
	 * @param failure the failed call
	 */
	void onFailure(HandlerFailure failure);

}
