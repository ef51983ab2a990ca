package io.telemetryrouter.internal.dispatch;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class RouteCacheTests extends RoutesFixture {

	private Route route(String event) {
		return new Route(event, this.events.track(event), List.of(), true, List.of(), null, this.routes);
	}

	@Test
	void whenThereIsNoRouteThenNoneIsFound() {
		assertThat(this.routes.find("a")).isNull();
		assertThat(this.routes.all()).isEmpty();
	}

	@Test
	void whenRouteIsAddedThenItIsFoundByTheSameStringAndByAnEqualOne() {
		Route route = route("event");
		assertThat(this.routes.putIfAbsent(route)).isNull();
		assertThat(this.routes.find("event")).isSameAs(route);
		assertThat(this.routes.find(new String("event"))).isSameAs(route);
		assertThat(this.routes.all()).containsExactly(route);
	}

	@Test
	void whenEventHasARouteThenAnotherIsNotAdded() {
		Route route = route("event");
		this.routes.putIfAbsent(route);
		Route second = route("event");
		assertThat(this.routes.putIfAbsent(second)).isSameAs(route);
		assertThat(this.routes.find("event")).isSameAs(route);
		assertThat(this.routes.find(second.event)).isSameAs(route);
	}

	@Test
	void whenNamesMeetThenEachIsFound() {
		// Equal hash codes.
		List<String> names = List.of("AaAa", "BBBB", "AaBB", "BBAa");
		names.forEach((name) -> this.routes.putIfAbsent(route(name)));
		for (String name : names) {
			Route found = this.routes.find(name);
			assertThat(found).isNotNull();
			assertThat(found.event).isEqualTo(name);
		}
		assertThat(this.routes.find("CCCC")).isNull();
	}

	@Test
	void whenARouteIsRemovedThenThoseItMetStay() {
		Route first = route("AaAa");
		Route second = route("BBBB");
		this.routes.putIfAbsent(first);
		this.routes.putIfAbsent(second);
		this.routes.remove(first);
		assertThat(this.routes.find("AaAa")).isNull();
		assertThat(this.routes.find("BBBB")).isSameAs(second);
		this.routes.remove(second);
		assertThat(this.routes.find("BBBB")).isNull();
		assertThat(this.routes.all()).isEmpty();
	}

	@Test
	void whenAnOutdatedRouteIsRemovedThenItsSuccessorStays() {
		Route outdated = route("event");
		this.routes.putIfAbsent(outdated);
		this.routes.remove(outdated);
		Route successor = route("event");
		assertThat(this.routes.putIfAbsent(successor)).isNull();
		this.routes.remove(outdated);
		assertThat(this.routes.find("event")).isSameAs(successor);
		assertThat(this.routes.find(new String("event"))).isSameAs(successor);
	}

	@Test
	void whenThereAreManyRoutesThenEachIsFoundUntilItIsRemoved() {
		List<Route> all = new ArrayList<>();
		for (int i = 0; i < 1000; i++) {
			Route route = route("event." + i);
			all.add(route);
			this.routes.putIfAbsent(route);
		}
		assertThat(all).allSatisfy((route) -> assertThat(this.routes.find(route.event)).isSameAs(route));
		assertThat(this.routes.all()).containsExactlyInAnyOrderElementsOf(all);
		for (Route route : all) {
			this.routes.remove(route);
			assertThat(this.routes.find(route.event)).isNull();
		}
	}

}
