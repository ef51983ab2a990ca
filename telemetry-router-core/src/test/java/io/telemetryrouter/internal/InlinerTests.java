package io.telemetryrouter.internal;

import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.HandlerSpec;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Which routes are inlined, and when.
 */
class InlinerTests {

	private static final int EVENTS = 200;

	private final RouterCore core = TestCores.withEventNames(EVENTS);

	private final HandlerRegistry registry = this.core.registry();

	private long number;

	private void add(String pattern) {
		this.number++;
		this.registry.add(new Registration(this.core, this.number, "h" + this.number,
				HandlerSpec.on(pattern).handler((event, payload) -> {
				}).build(), "test", false));
	}

	@Test
	void whenRouteIsNotInSteadyUseThenItIsNotInlined() {
		add("x");
		Route route = this.registry.route("x");
		route.pass(Passes.STEADY);
		this.registry.maintain();
		assertThat(route.isInlined()).isFalse();
		route.pass(1);
		assertThat(route.isInlined()).isFalse();
		this.registry.maintain();
		assertThat(route.isInlined()).isTrue();
	}

	@Test
	void whenRouteHasNoSynchronousHandlerThenThereIsNothingToInline() {
		Route route = this.registry.route("dead");
		route.pass(2 * Passes.STEADY);
		this.registry.maintain();
		assertThat(route.isInlined()).isFalse();
	}

	@Test
	void whenManyRoutesAreInSteadyUseThenAThousandHandlersAreInlined() {
		for (int i = 0; i < 8; i++) {
			add("**");
		}
		List<Route> routes = new ArrayList<>();
		for (int i = 0; i < EVENTS; i++) {
			routes.add(this.registry.route("n" + i));
		}
		routes.forEach((route) -> route.pass(2 * Passes.STEADY));
		this.registry.maintain();
		this.registry.maintain();
		assertThat(routes.stream().filter(Route::isInlined)).hasSize(125);
	}

	@Test
	void whenInlinedRoutesAreReplacedThenOthersHaveTheirTurn() {
		for (int i = 0; i < 3; i++) {
			List<Route> routes = new ArrayList<>();
			for (int j = 0; j < EVENTS; j++) {
				add("n" + j);
				routes.add(this.registry.route("n" + j));
			}
			routes.forEach((route) -> route.pass(2 * Passes.STEADY));
			this.registry.maintain();
			assertThat(routes).allMatch(Route::isInlined);
		}
	}

}
