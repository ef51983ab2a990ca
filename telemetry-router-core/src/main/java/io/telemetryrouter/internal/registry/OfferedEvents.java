package io.telemetryrouter.internal.registry;

/**
 * The operations of a route that its handlers and the registry need.
 */
public interface OfferedEvents {

	/** Adds the counts of the route to its handlers. */
	void reconcile();

	/** Invalidates the route. Called under the write lock of the registry. */
	void invalidate();

}
