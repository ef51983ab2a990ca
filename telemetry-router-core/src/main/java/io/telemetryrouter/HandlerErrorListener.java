package io.telemetryrouter;

/**
 * Is told of every failed handler call, on the thread on which it failed. What it throws
 * is caught and logged at a limited rate.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface HandlerErrorListener {

	/**
	 * Called after a handler threw.
	 * @param failure what failed
	 */
	void onFailure(HandlerFailure failure);

}
