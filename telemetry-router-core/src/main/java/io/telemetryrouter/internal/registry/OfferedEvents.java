package io.telemetryrouter.internal.registry;

/**
 * The route of a handler, reduced to the count of the events that it has offered.
 */
public interface OfferedEvents {

	/** Adds the counts of the route to its handlers. */
	void reconcile();

	/** Invalidates the route. Called under the write lock of the registry. */
	void invalidate();

}
