package io.telemetryrouter.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.telemetryrouter.PayloadHandler;

/**
 * The loop by hand: a map look-up by name and a loop over an array of handlers, each in a
 * try block. With measuring, it reads the clock before the first handler and after each,
 * and adds the durations of the handlers and of the route to plain fields. Not
 * thread-safe.
 */
final class ByHand {

	private final Map<String, Route> routes = new ConcurrentHashMap<>();

	private long failed;

	ByHand subscribe(String event, List<Observer> observers) {
		this.routes.put(event, new Route(observers));
		return this;
	}

	Emitter emitter(boolean measured) {
		return measured ? this::emitMeasured : this::emit;
	}

	private void emit(String event, Object payload) {
		Route route = this.routes.get(event);
		if (route == null) {
			return;
		}
		for (PayloadHandler<Object> handler : route.handlers) {
			try {
				handler.handle(event, payload);
			}
			catch (Throwable ex) {
				this.failed++;
			}
		}
	}

	private void emitMeasured(String event, Object payload) {
		Route route = this.routes.get(event);
		if (route == null) {
			return;
		}
		long start = System.nanoTime();
		long before = start;
		for (int i = 0; i < route.handlers.length; i++) {
			try {
				route.handlers[i].handle(event, payload);
			}
			catch (Throwable ex) {
				this.failed++;
			}
			long now = System.nanoTime();
			route.nanos[i] += now - before;
			before = now;
		}
		route.total += before - start;
	}

	private static final class Route {

		private final PayloadHandler<Object>[] handlers;

		private final long[] nanos;

		private long total;

		@SuppressWarnings({ "unchecked", "rawtypes" })
		Route(List<Observer> observers) {
			this.handlers = observers.stream().map(Observer::lambda).toArray(PayloadHandler[]::new);
			this.nanos = new long[this.handlers.length];
		}

	}

}
