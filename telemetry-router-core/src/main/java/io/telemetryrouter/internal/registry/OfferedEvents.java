package io.telemetryrouter.internal.registry;

/**
 * The events that a route has offered to its handlers, as a handler sees them.
 */
public interface OfferedEvents {

	/** Counts at the handlers what the route has counted for all of them. */
	void reconcile();

	/** Invalidates the route. Called under the write lock of the registry. */
	void invalidate();

}
