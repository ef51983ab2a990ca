package io.telemetryrouter.internal.dispatch;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.lane.LaneExecutor;
import io.telemetryrouter.internal.lane.LaneServices;
import io.telemetryrouter.internal.lane.Recording;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.registry.Announcements;
import io.telemetryrouter.internal.registry.CallSites;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerOptions;
import io.telemetryrouter.internal.registry.HandlerRegistry;
import io.telemetryrouter.internal.registry.HandlerServices;
import io.telemetryrouter.internal.registry.HandlerTable;
import io.telemetryrouter.internal.registry.TrackedEvents;
import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RoutesTests {

	private static final int MAX_NAMES = 3;

	private static final RouterSnapshot.Defaults DEFAULTS = new RouterSnapshot.Defaults(10, 0,
			OverflowPolicy.DROP_NEWEST);

	private final Ticker ticker = new Ticker(null);

	private final Reporter reporter = new Reporter(new LogWriter(System.getLogger("silence"), null), this.ticker);

	private final Announcements announcements = new Announcements(this.reporter);

	private final TrackedEvents events = new TrackedEvents(MAX_NAMES, new SampleBuffers(1), this.announcements);

	private final HandlerRegistry registry = registry();

	private final Routes routes = new Routes(this.registry, this.events, this.ticker, 5_000_000,
			new PayloadChecks(Map.of(), this.reporter));

	private final AtomicInteger ids = new AtomicInteger();

	RoutesTests() {
		this.registry.invalidates(this.routes);
	}

	private HandlerRegistry registry() {
		SampleBuffers samples = new SampleBuffers(DispatchStacks.SLOTS);
		LaneServices lanes = new LaneServices(new LaneExecutor(null), null, samples, this.reporter,
				InstantSource.system(), this.ticker, true, () -> true, 0, 0, (event) -> false,
				new Recording(new EnvelopeSource(InstantSource.system(), this.ticker, new Runs()), this.ticker));
		HandlerServices services = new HandlerServices(lanes, samples, this.reporter, List.of(), Runnable::run,
				QuarantineSettings.disabled(), InstantSource.system(), this.ticker, true);
		return new HandlerRegistry(services, new HandlerTable(), this.events, this.announcements,
				new CallSites(this.reporter, 100_000));
	}

	private Handler add(HandlerSpec.Builder<Object> builder) {
		HandlerSpec<?> spec = builder.handler((event, payload) -> {
		}).build();
		Handler handler = this.registry
			.add(new HandlerOptions("handler-" + this.ids.incrementAndGet(), spec, "test", DEFAULTS), spec);
		assertThat(handler).isNotNull();
		return handler;
	}

	private Handler add(String... patterns) {
		return add(HandlerSpec.on(patterns));
	}

	@Test
	void whenRouteIsCompiledThenItIsKeptForTheNextEmit() {
		Handler handler = add("a.b");
		assertThat(this.routes.find("a.b")).isNull();
		Route route = this.routes.route("a.b", null);
		assertThat(route.handlers).containsExactly(handler);
		assertThat(this.routes.find("a.b")).isSameAs(route).isSameAs(this.routes.route("a.b", null));
		assertThat(this.routes.find(new String("a.b"))).isSameAs(route);
	}

	@Test
	void whenHandlersMatchThenTheyAreInTheOrderOfPriorityClosenessAndRegistration() {
		Handler all = add("**");
		Handler pattern = add("a.*");
		Handler exact = add("a.b");
		Handler later = add("a.b");
		Handler urgent = add(HandlerSpec.on("**").priority(-1));
		Handler async = add(HandlerSpec.on("a.**").async());
		Handler last = add(HandlerSpec.on("a.b").priority(1));
		Route route = this.routes.route("a.b", null);
		assertThat(route.handlers).containsExactly(urgent, exact, later, pattern, async, all, last);
		assertThat(route.async).containsExactly(async);
		assertThat(route.count()).isEqualTo(7);
		List<Handler> reached = new ArrayList<>();
		for (int i = 0; i < route.count(); i++) {
			reached.add(route.recipient(i));
		}
		assertThat(reached).containsExactly(async, urgent, exact, later, pattern, all, last);
		assertThat(this.routes.handlerIds("a.b"))
			.containsExactlyElementsOf(route.handlers.stream().map((handler) -> handler.options.id).toList());
	}

	@Test
	void whenHandlerHasSeveralPatternsThenItIsOnTheRouteOnce() {
		Handler handler = add("a.*", "**", "a.b");
		Handler other = add("a.*");
		assertThat(this.routes.route("a.b", null).handlers).containsExactly(handler, other);
	}

	@Test
	void whenHandlerComesOrGoesThenOnlyRoutesThatItMatchesAreInvalidated() {
		add("a.b");
		add("b.c");
		for (String pattern : List.of("a.b", "a.*", "*.b", "a.**")) {
			Route concerned = this.routes.route("a.b", null);
			Route other = this.routes.route("b.c", null);
			Handler handler = add(pattern);
			assertThat(this.routes.find("a.b")).as(pattern).isNull();
			assertThat(this.routes.find("b.c")).isSameAs(other);
			Route fresh = this.routes.route("a.b", null);
			assertThat(fresh).isNotSameAs(concerned);
			assertThat(fresh.handlers).contains(handler);
			handler.close();
			assertThat(this.routes.find("a.b")).as(pattern).isNull();
			assertThat(this.routes.find("b.c")).isSameAs(other);
			assertThat(this.routes.route("a.b", null).handlers).doesNotContain(handler);
		}
	}

	@Test
	void whenHandlerOfEverythingComesThenAllRoutesAreInvalidated() {
		add("a");
		add("b");
		this.routes.route("a", null);
		this.routes.route("b", null);
		Handler handler = add("**");
		assertThat(this.routes.find("a")).isNull();
		assertThat(this.routes.find("b")).isNull();
		assertThat(this.routes.route("a", null).handlers).contains(handler);
	}

	@Test
	void whenRouteIsInvalidatedThenWhatItHadCountedIsReconciledAndItsLateCountsToo() {
		Handler first = add("a");
		Handler second = add("*");
		Route route = this.routes.route("a", null);
		route.count(3, 0);
		assertThat(first.metrics.counters.get(Counters.OFFERED)).isZero();
		second.close();
		assertThat(first.metrics.counters.get(Counters.OFFERED)).isEqualTo(3);
		route.count(2, 5);
		assertThat(first.metrics.counters.get(Counters.OFFERED)).isEqualTo(5);
		assertThat(this.events.track("a").emitted()).isEqualTo(5);
		assertThat(first.account().offered()).isEqualTo(5);
	}

	@Test
	void whenCountsAreReconciledTwiceThenTheyAreCountedOnce() {
		Handler handler = add("a");
		Route route = this.routes.route("a", null);
		route.count(2, 0);
		this.routes.reconcile();
		this.routes.reconcile("a");
		this.routes.reconcile("unknown");
		assertThat(handler.metrics.counters.get(Counters.OFFERED)).isEqualTo(2);
		route.count(1, 0);
		this.routes.reconcile("a");
		assertThat(handler.metrics.counters.get(Counters.OFFERED)).isEqualTo(3);
		EventStatistics statistics = this.events.track("a");
		assertThat(statistics.emitted()).isEqualTo(3);
		assertThat(statistics.unhandled()).isZero();
	}

	@Test
	void whenNobodyHandlesAnEventThenItsRouteIsEmptyAndItsCountsAreUnhandled() {
		Route route = this.routes.route("nobody", null);
		assertThat(route.isEmpty()).isTrue();
		assertThat(route.isHandled()).isFalse();
		route.count(4, 0);
		this.routes.reconcile();
		assertThat(this.events.track("nobody").unhandled()).isEqualTo(4);
		assertThat(this.routes.hasListeners("nobody")).isFalse();
		add("*");
		assertThat(this.routes.hasListeners("nobody")).isTrue();
		this.routes.route("nobody", null);
		assertThat(this.routes.hasListeners("nobody")).isTrue();
	}

	@Test
	void whenNameHasNoRouteYetThenItsListenersAreFoundAllTheSame() {
		Handler handler = add("a.*");
		assertThat(this.routes.handlerIds("a.b")).containsExactly(handler.options.id);
		assertThat(this.routes.handlerIds("b.a")).isEmpty();
		assertThat(this.routes.hasListeners("a.b")).isTrue();
		assertThat(this.routes.hasListeners("b.a")).isFalse();
		this.routes.await(new NextEvent(EventPattern.parse("b.*"), (event) -> true, Duration.ofSeconds(1), 0), true);
		assertThat(this.routes.hasListeners("b.a")).isTrue();
		assertThat(this.routes.hasListeners("c.a")).isFalse();
	}

	@Test
	void whenAnEmitDidNotReachAHandlerThenItHasFailedThere() {
		Handler sync = add("a");
		Handler async = add(HandlerSpec.on("a").async());
		Route route = this.routes.route("a", null);
		route.notReached(0);
		assertThat(async.metrics.counters.get(Counters.FAILED)).isOne();
		assertThat(sync.metrics.counters.get(Counters.FAILED)).isZero();
		route.notReached(1);
		assertThat(async.metrics.counters.get(Counters.FAILED)).isOne();
		assertThat(sync.metrics.counters.get(Counters.FAILED)).isOne();
	}

	@Test
	void whenRouteIsInvalidatedThenItsHandlersDoNotKeepIt() {
		Handler staying = add("a");
		WeakReference<Route> route = new WeakReference<>(this.routes.route("a", null));
		add("*").close();
		await().until(() -> {
			System.gc();
			return route.get() == null;
		});
		assertThat(staying.isActive()).isTrue();
	}

	@Test
	void whenNameIsNotTrackedThenItsRouteIsNotKeptAndCountsAtOnce() {
		Handler handler = add("**");
		for (int i = 0; i < MAX_NAMES; i++) {
			this.routes.route("name." + i, null);
		}
		Route route = this.routes.route("one.too.many", null);
		assertThat(route.handlers).containsExactly(handler);
		assertThat(this.routes.find("one.too.many")).isNull();
		route.count(2, 0);
		assertThat(handler.metrics.counters.get(Counters.OFFERED)).isEqualTo(2);
		EventStatistics other = this.events.get(RouterSnapshot.OTHER_EVENTS);
		assertThat(other).isNotNull();
		assertThat(other.emitted()).isEqualTo(2);
	}

	@Test
	void whenRouteIsOnlyForPassingThenItIsNotKeptAndCountsAtOnce() {
		Handler handler = add("a");
		Route route = this.routes.passing("a", null);
		assertThat(this.routes.find("a")).isNull();
		route.count(1, 0);
		assertThat(handler.metrics.counters.get(Counters.OFFERED)).isOne();
	}

	@Test
	void whenEventIsAwaitedThenItIsOnTheRoutesThatMatchUntilItIsNot() {
		for (String pattern : List.of("a.b", "a.*", "**")) {
			NextEvent next = new NextEvent(EventPattern.parse(pattern), (event) -> true, Duration.ofSeconds(1), 0);
			this.routes.route("a.b", null);
			this.routes.await(next, true);
			assertThat(this.routes.hasListeners("a.b")).isTrue();
			Route route = this.routes.route("a.b", null);
			assertThat(route.awaited).containsExactly(next);
			assertThat(route.needsEnvelope).isTrue();
			assertThat(route.isEmpty()).isFalse();
			assertThat(route.isHandled()).isFalse();
			this.routes.await(next, false);
			assertThat(this.routes.route("a.b", null).isEmpty()).isTrue();
			assertThat(this.routes.hasListeners("a.b")).isFalse();
		}
	}

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

}
