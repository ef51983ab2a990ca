package io.telemetryrouter.internal.dispatch;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerRegistry;
import io.telemetryrouter.internal.registry.PatternIndex;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Computes the route of an event name: the matching handlers in the order in which they
 * are called, and the matching futures of awaited events. {@link RouteCache} keeps the
 * routes.
 */
public final class RouteCompiler {

	final HandlerRegistry registry;

	final Ticker ticker;

	final long slowNanos;

	final PayloadChecks checks;

	/** Guarded by the lock of the registry. */
	final PatternIndex<NextEvents.Pending> awaited = new PatternIndex<>();

	/**
	 * The statistics of all replayed events. They are never read: a replay is no emit.
	 */
	private final EventStatistics replayed = new EventStatistics("");

	public RouteCompiler(HandlerRegistry registry, Ticker ticker, long slowNanos, PayloadChecks checks) {
		this.registry = registry;
		this.ticker = ticker;
		this.slowNanos = slowNanos;
		this.checks = checks;
	}

	/**
	 * Compiles a route, which is going to be in a cache. The payload is that of the first
	 * event of the name: most names have payloads of one type. Called under the lock of
	 * the registry.
	 */
	Route compile(String event, @Nullable Object payload, EventStatistics statistics, RouteCache cache) {
		statistics.declared |= declares(payload, event);
		Map<Handler, Integer> ranks = this.registry.matching(event);
		boolean dead = ranks.entrySet()
			.stream()
			.noneMatch((entry) -> entry.getKey().options.isMeantFor(entry.getValue(), payload));
		Set<NextEvents.Pending> awaiting = new LinkedHashSet<>();
		this.awaited.match(event, (next, rank) -> awaiting.add(next));
		return new Route(event, statistics, inOrder(ranks), dead, List.copyOf(awaiting), this.checks.of(event), cache);
	}

	private static boolean declares(@Nullable Object payload, String event) {
		TelemetryEventType declaration = (payload != null) ? payload.getClass().getAnnotation(TelemetryEventType.class)
				: null;
		return declaration != null && declaration.value().equals(event);
	}

	/** Returns the handlers of an event name in the order in which they are called. */
	List<Handler> handlers(String event) {
		return this.registry.whileUnchanged(() -> inOrder(this.registry.matching(event)));
	}

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

	/** Compiles a route of replayed events, which do not count as emitted. */
	Route replayed(String event, List<Handler> handlers, RouteCache cache) {
		Route route = new Route(event, this.replayed, handlers, false, List.of(), null, cache);
		route.retire();
		return route;
	}

	/** Returns whether a handler or a future would receive an event. */
	boolean hasListeners(String event) {
		return this.registry.whileUnchanged(() -> this.registry.matchesAny(event) || this.awaited.matchesAny(event));
	}

	/** Returns whether no handler can be meant for an event, whatever its payload. */
	boolean isDead(String event) {
		return this.registry.whileUnchanged(() -> this.registry.matching(event)
			.entrySet()
			.stream()
			.noneMatch((entry) -> entry.getKey().options.mayBeMeantFor(entry.getValue())));
	}

}
