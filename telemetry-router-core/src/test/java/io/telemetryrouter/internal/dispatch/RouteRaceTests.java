package io.telemetryrouter.internal.dispatch;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.registry.Handler;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Routes that are replaced while threads emit on them.
 */
class RouteRaceTests extends RoutesFixture {

	@Test
	@Tag("stress")
	void whenHandlersComeThenNoRouteIsStaleOnceTheirRegistrationHasReturned() throws Exception {
		int handlers = 150;
		AtomicInteger registered = new AtomicInteger();
		AtomicInteger closing = new AtomicInteger();
		AtomicBoolean done = new AtomicBoolean();
		ExecutorService pool = Executors.newFixedThreadPool(2);
		try {
			List<Future<?>> readers = new ArrayList<>();
			for (String name : List.of("a.b", "a.c")) {
				readers.add(pool.submit(() -> {
					while (!done.get()) {
						int least = registered.get();
						Route route = this.routes.route(name, null);
						assertThat(route.handlers).hasSizeGreaterThanOrEqualTo(least - closing.get());
						route.count(1, 0);
					}
				}));
			}
			List<Handler> all = new ArrayList<>();
			for (int i = 0; i < handlers; i++) {
				all.add(add((i % 2 == 0) ? new String[] { "a.*" } : new String[] { "a.b", "a.c" }));
				registered.incrementAndGet();
				assertThat(this.routes.route("a.b", null).handlers).hasSize(i + 1);
			}
			for (int i = 0; i < handlers; i++) {
				closing.incrementAndGet();
				all.get(i).close();
				assertThat(this.routes.route("a.b", null).handlers).hasSize(handlers - i - 1);
			}
			done.set(true);
			for (Future<?> reader : readers) {
				reader.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			done.set(true);
			pool.shutdownNow();
		}
	}

	@Test
	@Tag("stress")
	void whenRoutesAreInvalidatedWhileEmitsCountThenEveryEmitIsCountedOnce() throws Exception {
		Handler handler = add("a");
		int emits = 200_000;
		CyclicBarrier start = new CyclicBarrier(2);
		AtomicInteger emitting = new AtomicInteger(2);
		ExecutorService pool = Executors.newFixedThreadPool(2);
		try {
			List<Future<?>> emitters = new ArrayList<>();
			for (int i = 0; i < 2; i++) {
				int hint = i;
				emitters.add(pool.submit(() -> {
					start.await(30, TimeUnit.SECONDS);
					for (int j = 0; j < emits; j++) {
						this.routes.route("a", null).count(1, hint);
					}
					emitting.decrementAndGet();
					return null;
				}));
			}
			while (emitting.get() != 0) {
				add("*").close();
				this.routes.reconcile();
			}
			for (Future<?> emitter : emitters) {
				emitter.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			pool.shutdownNow();
		}
		this.routes.reconcile();
		assertThat(handler.metrics.counters.get(Counters.OFFERED)).isEqualTo(2L * emits);
		assertThat(this.events.track("a").emitted()).isEqualTo(2L * emits);
	}

	@Test
	@Tag("stress")
	void whenARouteIsFoundThenItsHandlersKnowIt() throws Exception {
		List<Handler> handlers = new ArrayList<>();
		for (int i = 0; i < 3000; i++) {
			handlers.add(add("*"));
		}
		Handler last = handlers.get(handlers.size() - 1);
		ExecutorService pool = Executors.newFixedThreadPool(1);
		try {
			for (int i = 0; i < 30; i++) {
				CyclicBarrier start = new CyclicBarrier(2);
				Future<Boolean> known = pool.submit(() -> {
					start.await(30, TimeUnit.SECONDS);
					Route route = null;
					while (route == null) {
						route = this.routes.find("a");
					}
					return last.metrics.routes.contains(route);
				});
				start.await(30, TimeUnit.SECONDS);
				this.routes.route("a", null);
				assertThat(known.get(30, TimeUnit.SECONDS)).isTrue();
				handlers.get(i).close();
			}
		}
		finally {
			pool.shutdownNow();
		}
	}

}
