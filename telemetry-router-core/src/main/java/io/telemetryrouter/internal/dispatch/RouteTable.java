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
 * Most emits name their event by a constant, which is always the same string. So a lookup
 * first tries the route at the index of the name's hash code, and compares the strings by
 * identity: fewer dependent loads than in a map. Of names with the same index the last
 * one compiled has the slot.
 *
 * @since 0.1.0
 */
public final class RouteTable {

	private static final VarHandle ROUTES = MethodHandles.arrayElementVarHandle(Route[].class);

	/** A power of two. */
	private static final int QUICK = 64;

	private final ConcurrentHashMap<String, Route> routes = new ConcurrentHashMap<>();

	/** By index. Every route here is in the map, too. */
	private final @Nullable Route[] quick = new Route[QUICK];

	@SuppressWarnings("ReferenceEquality")
	public @Nullable Route find(String event) {
		Route route = (Route) ROUTES.getAcquire(this.quick, place(event));
		return (route != null && route.event == event) ? route : this.routes.get(event);
	}

	/**
	 * Adds a route, or returns that of its event. The caller excludes {@link #remove}.
	 */
	public @Nullable Route putIfAbsent(Route route) {
		Route present = this.routes.putIfAbsent(route.event, route);
		if (present == null) {
			ROUTES.setVolatile(this.quick, place(route.event), route);
		}
		return present;
	}

	/** Removes a route. The caller holds the exclusive lock. */
	public void remove(Route route) {
		ROUTES.compareAndSet(this.quick, place(route.event), route, null);
		this.routes.remove(route.event, route);
	}

	public Collection<Route> all() {
		return this.routes.values();
	}

	private static int place(String event) {
		return event.hashCode() & (QUICK - 1);
	}

}
