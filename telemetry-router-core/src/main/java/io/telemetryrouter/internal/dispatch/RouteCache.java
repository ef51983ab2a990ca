package io.telemetryrouter.internal.dispatch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.registry.HandlerRegistry;

/**
 * The compiled routes by event name. Lookups take no lock; routes are added and removed
 * under the lock of the {@link HandlerRegistry}.
 * <p>
 * Most emits name their event by a constant, which is the same string instance each time.
 * So a lookup first tries the route at the index of the name's hash code, and compares
 * the strings by identity: that takes fewer dependent loads than a map lookup. If several
 * names have the same index, the route added last is at that index.
 */
public final class RouteCache {

	private static final VarHandle ROUTES = MethodHandles.arrayElementVarHandle(Route[].class);

	/** The length of {@link #quick}. A power of two. */
	private static final int QUICK = 64;

	private final ConcurrentHashMap<String, Route> routes = new ConcurrentHashMap<>();

	/** The routes by index. Each of them is in the map, too. */
	private final @Nullable Route[] quick = new Route[QUICK];

	@SuppressWarnings("ReferenceEquality")
	public @Nullable Route find(String event) {
		Route route = (Route) ROUTES.getAcquire(this.quick, place(event));
		return (route != null && route.event == event) ? route : this.routes.get(event);
	}

	/**
	 * Adds a route, unless the event has one already. Returns that one, or {@code null}.
	 * The caller holds the read lock, which excludes {@link #remove}.
	 */
	public @Nullable Route putIfAbsent(Route route) {
		Route present = this.routes.putIfAbsent(route.event, route);
		if (present == null) {
			ROUTES.setVolatile(this.quick, place(route.event), route);
		}
		return present;
	}

	/** Removes a route. The caller holds the write lock. */
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
