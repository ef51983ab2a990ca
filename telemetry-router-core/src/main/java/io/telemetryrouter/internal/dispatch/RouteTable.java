package io.telemetryrouter.internal.dispatch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.registry.HandlerRegistry;

/**
 * The compiled routes by event name. Lookups take no lock; routes are added and removed
 * under that of the {@link HandlerRegistry}.
 * <p>
 * Most emits name their event by a constant, which is always the same string. So what a
 * lookup tries first is whether a route of the very same string is where its hash code
 * points: fewer loads, one after another, than in a map. Of names that meet there the
 * last one compiled has the place.
 *
 * @since 0.1.0
 */
public final class RouteTable {

	private static final VarHandle ROUTES = MethodHandles.arrayElementVarHandle(Route[].class);

	/** A power of two. */
	private static final int QUICK = 64;

	private final ConcurrentHashMap<String, Route> routes = new ConcurrentHashMap<>();

	/** None that is not in the map. */
	private final @Nullable Route[] quick = new Route[QUICK];

	/**
	 * Looks a route up.
	 * @param event the event's name
	 * @return its route, or {@code null} if there is none
	 */
	@SuppressWarnings("ReferenceEquality")
	public @Nullable Route find(String event) {
		Route route = (Route) ROUTES.getAcquire(this.quick, place(event));
		return (route != null && route.event == event) ? route : this.routes.get(event);
	}

	/**
	 * Adds a route unless its event has one. For who holds a lock that excludes
	 * {@link #remove}.
	 * @param route the route
	 * @return the route that the event has already, or {@code null} if this was added
	 */
	public @Nullable Route putIfAbsent(Route route) {
		Route present = this.routes.putIfAbsent(route.event, route);
		if (present == null) {
			ROUTES.setVolatile(this.quick, place(route.event), route);
		}
		return present;
	}

	/**
	 * Removes a route. For who holds the only lock.
	 * @param route the route
	 */
	public void remove(Route route) {
		ROUTES.compareAndSet(this.quick, place(route.event), route, null);
		this.routes.remove(route.event, route);
	}

	/**
	 * Returns the routes.
	 * @return the routes in no order
	 */
	public Collection<Route> all() {
		return this.routes.values();
	}

	private static int place(String event) {
		return event.hashCode() & (QUICK - 1);
	}

}
