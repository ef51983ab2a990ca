package io.telemetryrouter.internal.dispatch;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.registry.Announcements;
import io.telemetryrouter.internal.registry.TrackedEvents;
import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;

class RouteCacheTests {

	private final Ticker ticker = new Ticker(null);

	private final TrackedEvents events = new TrackedEvents(10_000, new SampleBuffers(1),
			new Announcements(new Reporter(new LogWriter(System.getLogger("silence"), null), this.ticker)));

	private final RouteCache table = new RouteCache();

	/** Of no handlers: it asks nothing of the routes. */
	@SuppressWarnings("NullAway")
	private Route route(String event) {
		return new Route(event, this.events.track(event), List.of(), true, List.of(), null, null);
	}

	@Test
	void whenThereIsNoRouteThenNoneIsFound() {
		assertThat(this.table.find("a")).isNull();
		assertThat(this.table.all()).isEmpty();
	}

	@Test
	void whenRouteIsAddedThenItIsFoundByTheSameStringAndByAnEqualOne() {
		Route route = route("event");
		assertThat(this.table.putIfAbsent(route)).isNull();
		assertThat(this.table.find("event")).isSameAs(route);
		assertThat(this.table.find(new String("event"))).isSameAs(route);
		assertThat(this.table.all()).containsExactly(route);
	}

	@Test
	void whenEventHasARouteThenAnotherIsNotAdded() {
		Route route = route("event");
		this.table.putIfAbsent(route);
		Route second = route("event");
		assertThat(this.table.putIfAbsent(second)).isSameAs(route);
		assertThat(this.table.find("event")).isSameAs(route);
		assertThat(this.table.find(second.event)).isSameAs(route);
	}

	@Test
	void whenNamesMeetThenEachIsFound() {
		// Equal hash codes.
		List<String> names = List.of("AaAa", "BBBB", "AaBB", "BBAa");
		names.forEach((name) -> this.table.putIfAbsent(route(name)));
		for (String name : names) {
			Route found = this.table.find(name);
			assertThat(found).isNotNull();
			assertThat(found.event).isEqualTo(name);
		}
		assertThat(this.table.find("CCCC")).isNull();
	}

	@Test
	void whenARouteIsRemovedThenThoseItMetStay() {
		Route first = route("AaAa");
		Route second = route("BBBB");
		this.table.putIfAbsent(first);
		this.table.putIfAbsent(second);
		this.table.remove(first);
		assertThat(this.table.find("AaAa")).isNull();
		assertThat(this.table.find("BBBB")).isSameAs(second);
		this.table.remove(second);
		assertThat(this.table.find("BBBB")).isNull();
		assertThat(this.table.all()).isEmpty();
	}

	@Test
	void whenAnOutdatedRouteIsRemovedThenItsSuccessorStays() {
		Route outdated = route("event");
		this.table.putIfAbsent(outdated);
		this.table.remove(outdated);
		Route successor = route("event");
		assertThat(this.table.putIfAbsent(successor)).isNull();
		this.table.remove(outdated);
		assertThat(this.table.find("event")).isSameAs(successor);
		assertThat(this.table.find(new String("event"))).isSameAs(successor);
	}

	@Test
	void whenThereAreManyRoutesThenEachIsFoundUntilItIsRemoved() {
		List<Route> all = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			Route route = route("event." + i);
			all.add(route);
			this.table.putIfAbsent(route);
		}
		assertThat(all).allSatisfy((route) -> assertThat(this.table.find(route.event)).isSameAs(route));
		assertThat(this.table.all()).containsExactlyInAnyOrderElementsOf(all);
		for (Route route : all) {
			this.table.remove(route);
			assertThat(this.table.find(route.event)).isNull();
		}
	}

}
