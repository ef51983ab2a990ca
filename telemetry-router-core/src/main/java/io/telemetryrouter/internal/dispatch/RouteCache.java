package io.telemetryrouter.internal.dispatch;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerRegistry;
import io.telemetryrouter.internal.registry.TrackedEvents;

/**
 * The compiled routes by event name, until their handlers change. The route of a name
 * that is not tracked is compiled for each emit and not kept. Lookups take no lock;
 * routes are added and removed under the lock of the {@link HandlerRegistry}.
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

	final RouteCompiler compiler;

	private final HandlerRegistry registry;

	private final TrackedEvents events;

	private final ConcurrentHashMap<String, Route> routes = new ConcurrentHashMap<>();

	/** The routes by index. Each of them is in the map, too. */
	private final @Nullable Route[] quick = new Route[QUICK];

	public RouteCache(RouteCompiler compiler, TrackedEvents events) {
		this.compiler = compiler;
		this.registry = compiler.registry;
		this.events = events;
	}

	@SuppressWarnings("ReferenceEquality")
	@Nullable Route find(String event) {
		Route route = (Route) ROUTES.getAcquire(this.quick, place(event));
		return (route != null && route.event == event) ? route : this.routes.get(event);
	}

	private static int place(String event) {
		return event.hashCode() & (QUICK - 1);
	}

	/** Returns the route of a name. The route is kept if the name is tracked. */
	Route route(String event, @Nullable Object payload) {
		Route route = find(event);
		while (route == null) {
			EventStatistics statistics = this.events.track(event);
			route = this.registry.whileUnchanged(() -> compileAndKeep(event, payload, statistics));
		}
		return route;
	}

	private @Nullable Route compileAndKeep(String event, @Nullable Object payload, EventStatistics statistics) {
		if (!this.events.isCurrent(statistics)) {
			// The name was removed meanwhile: counts added to its statistics would be
			// lost.
			return null;
		}
		Route route = this.compiler.compile(event, payload, statistics, this);
		if (this.events.isOther(statistics)) {
			route.retire();
			return route;
		}
		// First: an event on a route that its handlers do not know is handled in their
		// accounts, and not offered.
		route.handlers.forEach((handler) -> handler.metrics.routes.add(route));
		Route raced = putIfAbsent(route);
		if (raced != null) {
			route.handlers.forEach((handler) -> handler.metrics.routes.remove(route));
			return raced;
		}
		return route;
	}

	/**
	 * Adds a route, unless the event has one already. Returns that one, or {@code null}.
	 * The caller holds the read lock, which excludes {@link #remove}.
	 */
	@Nullable Route putIfAbsent(Route route) {
		Route present = this.routes.putIfAbsent(route.event, route);
		if (present == null) {
			ROUTES.setVolatile(this.quick, place(route.event), route);
		}
		return present;
	}

	/** Compiles a route that is not kept. It reconciles each count at once. */
	Route passing(String event, @Nullable Object payload) {
		EventStatistics statistics = this.events.track(event);
		Route route = this.registry.whileUnchanged(() -> this.compiler.compile(event, payload, statistics, this));
		route.retire();
		return route;
	}

	/** Adds a future to the routes of the events that match, or removes it from them. */
	void await(NextEvents.Pending next, boolean awaits) {
		this.registry.whileChanging(() -> {
			if (awaits) {
				this.compiler.awaited.add(next.pattern, next);
			}
			else {
				this.compiler.awaited.remove(next.pattern, next);
			}
			handlersChanged(next.pattern);
			return true;
		});
	}

	/** Invalidates the routes of a pattern. Called under the write lock. */
	public void handlersChanged(EventPattern pattern) {
		if (pattern.isExact()) {
			Route route = find(pattern.toString());
			if (route != null) {
				invalidate(route);
			}
		}
		else {
			all().stream().filter((route) -> pattern.matches(route.event)).forEach(this::invalidate);
		}
	}

	void invalidate(Route route) {
		remove(route);
		route.retire();
		route.handlers.forEach((handler) -> handler.metrics.routes.remove(route));
	}

	/** Removes a route. The caller holds the write lock. */
	void remove(Route route) {
		ROUTES.compareAndSet(this.quick, place(route.event), route, null);
		this.routes.remove(route.event, route);
	}

	Collection<Route> all() {
		return this.routes.values();
	}

	public void reconcile() {
		all().forEach(Route::reconcile);
	}

	public void reconcile(String event) {
		Route route = find(event);
		if (route != null) {
			route.reconcile();
		}
	}

	/**
	 * Returns whether a handler or a future would receive an event. Does not track the
	 * name.
	 */
	boolean hasListeners(String event) {
		Route known = find(event);
		return (known != null) ? !known.isEmpty() : this.compiler.hasListeners(event);
	}

	/**
	 * Returns whether the route of an event {@linkplain Route#dead is dead}. If that
	 * depends on the payload, the payload of the first event decides, and the result is
	 * {@code false} before that event.
	 */
	public boolean isDead(String event) {
		Route known = find(event);
		return (known != null) ? known.dead : this.compiler.isDead(event);
	}

	public List<String> handlerIds(String event) {
		Route known = find(event);
		List<Handler> handlers = (known != null) ? known.handlers : this.compiler.handlers(event);
		return handlers.stream().map(Handler::handlerId).toList();
	}

}
