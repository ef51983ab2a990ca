package io.telemetryrouter.internal.registry;

/**
 * The events that a route has offered to its handlers, as a handler sees them.
 */
public interface OfferedEvents {

	/**
	 * Counts at the handlers what the route has counted for all of them.
	 */
	void reconcile();

	/**
	 * Takes the route out of use, because its handlers have changed. Called under the
	 * write lock of the registry.
	 */
	void invalidate();

}
