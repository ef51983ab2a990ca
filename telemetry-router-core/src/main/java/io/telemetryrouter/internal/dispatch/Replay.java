package io.telemetryrouter.internal.dispatch;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EventPattern;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Ticker;

/**
 * Dispatches recorded events to the handlers that opted in to replay. Events are
 * dispatched as for an emit, but on routes that have only these handlers. Handlers with
 * lanes come first, as for an emit. Successive handlers share a route if their payload
 * class is the same.
 */
public final class Replay {

	private static final int MAX_NAMES = 1000;

	private final RouteCache routes;

	private final Dispatcher dispatcher;

	private final EnvelopeSource envelopes;

	private final Ticker ticker;

	/**
	 * The routes of recent events. Weak, so that it does not keep removed handlers
	 * reachable.
	 */
	private volatile WeakReference<Compiled> compiled = new WeakReference<>(null);

	public Replay(RouteCache routes, Dispatcher dispatcher, EnvelopeSource envelopes, Ticker ticker) {
		this.routes = routes;
		this.dispatcher = dispatcher;
		this.envelopes = envelopes;
		this.ticker = ticker;
	}

	/** Dispatches an event. Returns the number of handlers that it was offered to. */
	public int replay(RecordedEvent event) {
		EventPattern.requireName(event.name());
		int handlers = 0;
		for (Route route : routes(event.name())) {
			for (Handler handler : route.handlers) {
				awaitRoom(handler.lane());
			}
			dispatch(event, route, route.handlers.get(0).options.recordedType());
			handlers += route.handlers.size();
		}
		return handlers;
	}

	private List<Route> routes(String event) {
		long changes = this.routes.compiler.registry.changes();
		Compiled known = this.compiled.get();
		if (known == null || known.changes != changes || known.routes.size() >= MAX_NAMES) {
			known = new Compiled(changes, new ConcurrentHashMap<>());
			this.compiled = new WeakReference<>(known);
		}
		List<Route> routes = known.routes.get(event);
		if (routes == null) {
			routes = compile(event);
			known.routes.put(event, routes);
		}
		return routes;
	}

	/** Compiles a route for each sequence of handlers with the same payload class. */
	private List<Route> compile(String event) {
		List<Handler> handlers = new ArrayList<>(this.routes.compiler.handlers(event));
		handlers.removeIf((handler) -> !handler.options.replay);
		handlers.sort(Comparator.comparing((handler) -> handler.lane() == null));
		List<Route> routes = new ArrayList<>();
		int end = 0;
		for (int start = 0; start < handlers.size(); start = end) {
			Class<?> type = handlers.get(start).options.recordedType();
			while (end < handlers.size() && handlers.get(end).options.recordedType() == type) {
				end++;
			}
			routes.add(this.routes.compiler.replayed(event, List.copyOf(handlers.subList(start, end)), this.routes));
		}
		return routes;
	}

	/** The routes by event name, valid until handlers change. */
	private record Compiled(long changes, Map<String, List<Route>> routes) {
	}

	private void dispatch(RecordedEvent event, Route route, Class<?> type) {
		Object payload;
		try {
			payload = event.payload(type);
		}
		catch (Exception | LinkageError | StackOverflowError ex) {
			route.drop(DropReason.TYPE_MISMATCH, 1);
			route.handlers.forEach((handler) -> handler.failures.unreadable(event.name(), ex));
			return;
		}
		this.dispatcher.dispatch(route, this.envelopes.replayed(event, payload, this.ticker.now()));
	}

	/**
	 * Waits while the queue of a lane is full, so that the replay does not overflow it.
	 * Does not wait inside a handler or while the lane is paused.
	 */
	private static void awaitRoom(@Nullable Lane lane) {
		while (lane != null && lane.size() >= lane.capacity() && !lane.isPaused()
				&& !DispatchStacks.isInsideHandler()) {
			CountDownLatch processed = new CountDownLatch(1);
			lane.whenProcessed(processed, null);
			try {
				// Bounded, since the lane may be paused meanwhile.
				processed.await(100, TimeUnit.MILLISECONDS);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				return;
			}
			finally {
				lane.forget(processed);
			}
		}
	}

}
