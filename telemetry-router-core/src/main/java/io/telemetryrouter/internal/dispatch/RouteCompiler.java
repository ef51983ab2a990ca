package io.telemetryrouter.internal.dispatch;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerRegistry;
import io.telemetryrouter.internal.registry.PatternIndex;
import io.telemetryrouter.internal.registry.TrackedEvents;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Compiles a route for each event name, and removes the routes whose handlers change. The
 * route of a name that is not tracked is compiled for each emit and not kept.
 */
public final class RouteCompiler {

	final HandlerRegistry registry;

	private final TrackedEvents events;

	final Ticker ticker;

	final long slowNanos;

	final PayloadChecks checks;

	private final RouteCache cache = new RouteCache();

	/**
	 * The statistics of all replayed events. They are never read: a replay is no emit.
	 */
	private final EventStatistics replayed = new EventStatistics("");

	/** Guarded by the lock of the registry. */
	private final PatternIndex<NextEvent> awaited = new PatternIndex<>();

	public RouteCompiler(HandlerRegistry registry, TrackedEvents events, Ticker ticker, long slowNanos,
			PayloadChecks checks) {
		this.registry = registry;
		this.events = events;
		this.ticker = ticker;
		this.slowNanos = slowNanos;
		this.checks = checks;
	}

	@Nullable Route find(String event) {
		return this.cache.find(event);
	}

	/** Returns the route of a name. The route is kept if the name is tracked. */
	Route route(String event, @Nullable Object payload) {
		Route route = this.cache.find(event);
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
		Route route = compile(event, payload, statistics);
		if (this.events.isOther(statistics)) {
			route.retire();
			return route;
		}
		Route raced = this.cache.putIfAbsent(route);
		if (raced != null) {
			return raced;
		}
		route.handlers.forEach((handler) -> handler.metrics.routes.add(route));
		return route;
	}

	/** Compiles a route that is not kept. It reconciles each count at once. */
	Route passing(String event, @Nullable Object payload) {
		EventStatistics statistics = this.events.track(event);
		Route route = this.registry.whileUnchanged(() -> compile(event, payload, statistics));
		route.retire();
		return route;
	}

	/** Returns the handlers of an event name that opted in to replay, in order. */
	List<Handler> replayed(String event) {
		List<Handler> handlers = this.registry.whileUnchanged(() -> inOrder(this.registry.matching(event)));
		return handlers.stream().filter((handler) -> handler.options.replay).toList();
	}

	/** Compiles a route of replayed events, which do not count as emitted. */
	Route replayed(String event, List<Handler> handlers) {
		Route route = new Route(event, this.replayed, handlers, false, List.of(), null, this);
		route.retire();
		return route;
	}

	/** Returns handlers in the order in which they are called. */
	private static List<Handler> inOrder(Map<Handler, Integer> ranks) {
		if (ranks.size() <= 1) {
			return List.copyOf(ranks.keySet());
		}
		return ranks.entrySet().stream().sorted(RouteCompiler::compare).map(Map.Entry::getKey).toList();
	}

	/**
	 * Compares by priority, then by rank of the pattern, then by registration. The
	 * recorder is always the first.
	 */
	private static int compare(Map.Entry<Handler, Integer> one, Map.Entry<Handler, Integer> other) {
		int order = Boolean.compare(other.getKey().isRecorder(), one.getKey().isRecorder());
		if (order == 0) {
			order = Integer.compare(one.getKey().options.priority, other.getKey().options.priority);
		}
		order = (order != 0) ? order : one.getValue().compareTo(other.getValue());
		return (order != 0) ? order : Long.compare(one.getKey().options.number, other.getKey().options.number);
	}

	/**
	 * Compiles a route. The payload is that of the first event of the name: most names
	 * have payloads of one type.
	 */
	private Route compile(String event, @Nullable Object payload, EventStatistics statistics) {
		statistics.declared |= declares(payload, event);
		Map<Handler, Integer> ranks = this.registry.matching(event);
		boolean dead = ranks.entrySet()
			.stream()
			.noneMatch((entry) -> entry.getKey().options.isMeantFor(entry.getValue(), payload));
		Set<NextEvent> awaiting = new LinkedHashSet<>();
		this.awaited.match(event, (next, rank) -> awaiting.add(next));
		return new Route(event, statistics, inOrder(ranks), dead, List.copyOf(awaiting), this.checks.of(event), this);
	}

	private static boolean declares(@Nullable Object payload, String event) {
		TelemetryEventType declaration = (payload != null) ? payload.getClass().getAnnotation(TelemetryEventType.class)
				: null;
		return declaration != null && declaration.value().equals(event);
	}

	/**
	 * Returns whether the route of an event {@linkplain Route#dead is dead}. If that
	 * depends on the payload, the payload of the first event decides, and the result is
	 * {@code false} before that event.
	 */
	public boolean isDead(String event) {
		Route known = this.cache.find(event);
		return (known != null) ? known.dead
				: this.registry.whileUnchanged(() -> this.registry.matching(event)
					.entrySet()
					.stream()
					.noneMatch((entry) -> entry.getKey().options.mayBeMeantFor(entry.getValue())));
	}

	/** Adds a future to the routes of the events that match, or removes it from them. */
	void await(NextEvent next, boolean awaits) {
		this.registry.whileChanging(() -> {
			if (awaits) {
				this.awaited.add(next.pattern, next);
			}
			else {
				this.awaited.remove(next.pattern, next);
			}
			handlersChanged(next.pattern);
			return true;
		});
	}

	/** Invalidates the routes of a pattern. Called under the write lock. */
	public void handlersChanged(EventPattern pattern) {
		if (pattern.isExact()) {
			Route route = this.cache.find(pattern.toString());
			if (route != null) {
				invalidate(route);
			}
		}
		else {
			this.cache.all().stream().filter((route) -> pattern.matches(route.event)).forEach(this::invalidate);
		}
	}

	void invalidate(Route route) {
		this.cache.remove(route);
		route.retire();
		route.handlers.forEach((handler) -> handler.metrics.routes.remove(route));
	}

	public void reconcile() {
		this.cache.all().forEach(Route::reconcile);
	}

	public void reconcile(String event) {
		Route route = this.cache.find(event);
		if (route != null) {
			route.reconcile();
		}
	}

	/**
	 * Returns whether a handler or a future would receive an event. Does not track the
	 * name.
	 */
	boolean hasListeners(String event) {
		Route known = this.cache.find(event);
		if (known != null) {
			return !known.isEmpty();
		}
		return this.registry.whileUnchanged(() -> this.registry.matchesAny(event) || this.awaited.matchesAny(event));
	}

	public List<String> handlerIds(String event) {
		Route known = this.cache.find(event);
		List<Handler> handlers = (known != null) ? known.handlers
				: this.registry.whileUnchanged(() -> inOrder(this.registry.matching(event)));
		return handlers.stream().map(Handler::handlerId).toList();
	}

}
