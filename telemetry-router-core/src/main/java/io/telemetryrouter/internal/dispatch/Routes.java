package io.telemetryrouter.internal.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerRegistry;
import io.telemetryrouter.internal.registry.PatternIndex;
import io.telemetryrouter.internal.registry.TrackedEvents;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Compiles a route for each event name, and throws those away whose handlers change. The
 * route of a name that is not tracked is compiled for each emit and not kept.
 */
public final class Routes implements HandlerRegistry.Invalidation {

	private final HandlerRegistry registry;

	private final TrackedEvents events;

	private final Ticker ticker;

	private final long slowNanos;

	private final RouteTable table = new RouteTable();

	/** Guarded by the lock of the registry. */
	private final PatternIndex<NextEvent> awaited = new PatternIndex<>();

	/**
	 * Creates the routes.
	 * @param registry the handlers
	 * @param events the event names
	 * @param ticker the monotonic clock
	 * @param slowNanos from when on a dispatch counts as slow
	 */
	public Routes(HandlerRegistry registry, TrackedEvents events, Ticker ticker, long slowNanos) {
		this.registry = registry;
		this.events = events;
		this.ticker = ticker;
		this.slowNanos = slowNanos;
	}

	Ticker ticker() {
		return this.ticker;
	}

	long slowNanos() {
		return this.slowNanos;
	}

	/**
	 * Looks a compiled route up.
	 * @param event the event's name
	 * @return the route, or {@code null} if there is none yet
	 */
	@Nullable Route find(String event) {
		return this.table.find(event);
	}

	/**
	 * Returns the route of a name, compiling and keeping it if need be.
	 * @param event the event's name
	 * @return the route; one that is not kept if the name is not tracked
	 */
	Route route(String event) {
		Route route = this.table.find(event);
		while (route == null) {
			EventStatistics statistics = this.events.track(event);
			route = this.registry.whileUnchanged(() -> compileAndKeep(event, statistics));
		}
		return route;
	}

	private @Nullable Route compileAndKeep(String event, EventStatistics statistics) {
		if (!this.events.isCurrent(statistics)) {
			// The name was forgotten meanwhile, and nobody would see the counts.
			return null;
		}
		Route route = compile(event, statistics);
		if (this.events.isOther(statistics)) {
			route.retire();
			return route;
		}
		Route raced = this.table.putIfAbsent(route);
		if (raced != null) {
			return raced;
		}
		route.handlers.forEach((handler) -> handler.routed(route));
		return route;
	}

	/**
	 * Compiles a route that is not kept and reconciles what it counts at once.
	 * @param event the event's name
	 * @return the route
	 */
	Route passing(String event) {
		EventStatistics statistics = this.events.track(event);
		Route route = this.registry.whileUnchanged(() -> compile(event, statistics));
		route.retire();
		return route;
	}

	private Route compile(String event, EventStatistics statistics) {
		Set<NextEvent> awaiting = new LinkedHashSet<>();
		this.awaited.match(event, (next, rank) -> awaiting.add(next));
		return new Route(event, statistics, this.registry.matching(event), List.copyOf(awaiting), this);
	}

	/**
	 * Makes a future part of the routes of the events that match its pattern, or no
	 * longer.
	 * @param next the future
	 * @param awaits whether it is part of them
	 */
	void await(NextEvent next, boolean awaits) {
		this.registry.whileChanging(() -> {
			if (awaits) {
				this.awaited.add(next.pattern(), next);
			}
			else {
				this.awaited.remove(next.pattern(), next);
			}
			handlersChanged(next.pattern());
			return true;
		});
	}

	@Override
	public void handlersChanged(EventPattern pattern) {
		if (pattern.isExact()) {
			Route route = this.table.find(pattern.toString());
			if (route != null) {
				invalidate(route);
			}
			return;
		}
		for (Route route : this.table.all()) {
			if (pattern.matches(route.event)) {
				invalidate(route);
			}
		}
	}

	void invalidate(Route route) {
		this.table.remove(route);
		route.retire();
		route.handlers.forEach((handler) -> handler.unrouted(route));
	}

	/**
	 * Counts at the handlers and events what the routes have counted for all of them.
	 */
	public void reconcile() {
		this.table.all().forEach(Route::reconcile);
	}

	/**
	 * Counts at its handlers what the route of a name has counted for all of them.
	 * @param event the event's name
	 */
	public void reconcile(String event) {
		Route route = this.table.find(event);
		if (route != null) {
			route.reconcile();
		}
	}

	/**
	 * Returns whether an event of a name would reach a handler or a future. Does not make
	 * it a tracked name.
	 * @param event the event's name
	 * @return whether there is one
	 */
	boolean hasListeners(String event) {
		Route known = this.table.find(event);
		if (known != null) {
			return !known.isEmpty();
		}
		return this.registry.whileUnchanged(() -> this.registry.matchesAny(event) || this.awaited.matchesAny(event));
	}

	/**
	 * Returns the ids of the handlers that match a name.
	 * @param event the event's name
	 * @return the ids in the order of the route
	 */
	public List<String> handlerIds(String event) {
		Route known = this.table.find(event);
		List<Handler> handlers = (known != null) ? known.handlers
				: this.registry.whileUnchanged(() -> this.registry.matching(event));
		List<String> ids = new ArrayList<>(handlers.size());
		handlers.forEach((handler) -> ids.add(handler.options.id));
		return ids;
	}

}
