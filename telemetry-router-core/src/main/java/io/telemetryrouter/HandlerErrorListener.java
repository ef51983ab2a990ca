package io.telemetryrouter;

/**
 * Called for every failed call of a handler or of its condition, on the thread on which
 * the call failed; for a call that was given up, on a thread of the router. What it
 * throws is caught and logged at a limited rate.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HandlerErrorListener {

	/**
	 * Called after a handler or its condition threw.
	 * @param failure what failed
	 */
	void onFailure(HandlerFailure failure);

}
