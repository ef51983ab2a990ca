package io.telemetryrouter.internal.dispatch;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class RouteCompilerTests extends RoutesFixture {

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
		assertThat(route.recipients).containsExactly(async, urgent, exact, later, pattern, all, last);
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
		this.routes.await(new NextEvents.Pending(EventPattern.parse("b.*"), (event) -> true, Duration.ofSeconds(1), 0),
				true);
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
			NextEvents.Pending next = new NextEvents.Pending(EventPattern.parse(pattern), (event) -> true,
					Duration.ofSeconds(1), 0);
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

}
