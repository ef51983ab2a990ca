package io.telemetryrouter.internal;

import java.lang.ref.WeakReference;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.HandlerSpec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * The table of routes: compiled once for each name, and never more than the names.
 */
class RouteTableTests {

	private final RouterCore core = TestCores.withEventNames(10);

	private final HandlerRegistry registry = this.core.registry();

	private long number;

	@Test
	void whenNameIsRoutedAgainThenItsRouteIsNotCompiledAgain() {
		add("a.*");
		assertThat(this.registry.find("a.b")).isNull();
		Route route = this.registry.route("a.b");
		assertThat(route.handlers).hasSize(1);
		for (int i = 0; i < 10; i++) {
			assertThat(this.registry.route("a.b")).isSameAs(route);
			assertThat(this.registry.find("a.b")).isSameAs(route);
		}
	}

	@Test
	void whenNamesMeetInOnePlaceThenEachHasItsRoute() {
		assertThat("Aa").hasSameHashCodeAs("BB");
		Registration first = add("Aa");
		Registration second = add("BB");
		Route replaced = this.registry.route("Aa");
		for (int i = 0; i < 3; i++) {
			assertThat(this.registry.route("Aa").handlers).containsExactly(first);
			assertThat(this.registry.route("BB").handlers).containsExactly(second);
			// Equal, but not the same string.
			assertThat(this.registry.find(new String("Aa"))).isSameAs(this.registry.find("Aa"));
			assertThat(this.registry.find(new String("BB"))).isSameAs(this.registry.find("BB"));
		}
		Registration third = add("Aa");
		assertThat(this.registry.find("Aa")).isNull();
		assertThat(this.registry.find("BB")).isNotNull();
		assertThat(this.registry.route("Aa")).isNotSameAs(replaced);
		assertThat(this.registry.route("Aa").handlers).containsExactly(first, third);
		second.close();
		assertThat(this.registry.find("BB")).isNull();
		assertThat(this.registry.route("Aa").handlers).containsExactly(first, third);
		assertThat(this.registry.route("BB").handlers).isEmpty();
	}

	@Test
	void whenNobodySubscribesThenTheEmptyRouteIsKeptToo() {
		Route route = this.registry.route("dead");
		assertThat(route.handlers).isEmpty();
		assertThat(this.registry.find("dead")).isSameAs(route);
	}

	@Test
	void whenHandlerComesOrGoesThenOnlyRoutesItMatchesAreCompiledAgain() {
		Route a = this.registry.route("a.b");
		Route c = this.registry.route("c.d");
		Registration handler = add("a.*");
		assertThat(this.registry.find("a.b")).isNull();
		assertThat(this.registry.find("c.d")).isSameAs(c);
		assertThat(this.registry.route("a.b")).isNotSameAs(a);
		handler.close();
		assertThat(this.registry.find("a.b")).isNull();
		assertThat(this.registry.find("c.d")).isSameAs(c);
	}

	@Test
	void whenNamesAreBeyondTheLimitThenTheirRoutesAreNotKept() {
		add("**");
		for (int i = 0; i < 1000; i++) {
			assertThat(this.registry.route("n" + i).handlers).hasSize(1);
		}
		long kept = 0;
		for (int i = 0; i < 1000; i++) {
			kept += (this.registry.find("n" + i) != null) ? 1 : 0;
		}
		assertThat(kept).isEqualTo(10);
	}

	@Test
	void whenNameIsHugeThenItsRouteIsNotKept() {
		String name = "x".repeat(1 << 20);
		add("*");
		this.registry.route(name).pass(level());
		assertThat(this.registry.tallies().get("_other").emitted()).isOne();
		assertThat(this.registry.find(name)).isNull();
	}

	@Test
	void whenHandlersLeaveThenNothingRefersToThemOrTheirNames() {
		for (int i = 0; i < 1000; i++) {
			Registration handler = add("n" + i);
			assertThat(this.registry.route("n" + i).handlers).containsExactly(handler);
			handler.close();
			assertThat(this.registry.find("n" + i)).isNull();
			assertThat(this.registry.tallies().get("n" + i)).isNull();
			assertThat(handler.routes).isEmpty();
		}
		assertThat(this.registry.handlers()).isEmpty();
		this.registry.sweep();
		assertThat(this.registry.departures().pending()).isEmpty();
	}

	@Test
	void whenNameIsForgottenThenLateCountsOfItsTallyAreNotLost() {
		for (int i = 0; i < 10; i++) {
			this.registry.route("first" + i);
		}
		Registration handler = add("x");
		Route late = this.registry.route("x");
		handler.close();
		// An emit that looked its route up before the name was forgotten.
		late.pass(level());
		late.tally.slow();
		this.registry.settle();
		assertThat(this.registry.tallies().get("x")).isNull();
		assertThat(this.registry.tallies().get("_other").emitted()).isOne();
		assertThat(this.registry.tallies().get("_other").slowCount()).isOne();
	}

	/**
	 * An emitter may be held for any time between looking its route up and going by.
	 */
	@ParameterizedTest
	@ValueSource(ints = { 0, 2 * Passes.STEADY })
	void whenRouteIsRetiredThenLateEmitsCountUntilNobodyCanHaveIt(int before) {
		Registration stays = add("x");
		Route late = this.registry.route("x");
		EmitFrame.Level level = level();
		for (int i = 0; i < before; i++) {
			late.pass(level);
		}
		Registration leaves = add("x");
		assertThat(this.registry.find("x")).isNull();
		assertThat(this.registry.retired().isEmpty()).isEqualTo(before == 0);
		System.gc();
		this.registry.settle();
		late.pass(level);
		late.pass(1);
		this.registry.settle();
		assertThat(stays.counters().get(Counters.OFFERED)).isEqualTo(before + 2);
		late.pass(level);
		WeakReference<Route> reference = new WeakReference<>(late);
		late = null;
		// Nobody reads, but others come and go.
		await().until(() -> {
			System.gc();
			this.registry.route("y");
			add("y").close();
			return reference.refersTo(null) && this.registry.retired().isEmpty();
		});
		assertThat(stays.counters().get(Counters.OFFERED)).isEqualTo(before + 3);
		assertThat(leaves.counters().get(Counters.OFFERED)).isZero();
		assertThat(this.registry.tallies().get("x").emitted()).isEqualTo(before + 3);
	}

	@Test
	void whenRouteIsInUseForLongThenEveryThreadsEmitsCount() throws Exception {
		Registration handler = add("x");
		Route route = this.registry.route("x");
		EmitFrame.Level withoutLease = new EmitFrame(0, -1).enter("x", null);
		Runnable emits = () -> {
			for (int i = 0; i < 5 * Passes.STEADY; i++) {
				route.pass(level());
			}
		};
		Thread other = new Thread(emits);
		other.start();
		emits.run();
		for (int i = 0; i < 10; i++) {
			route.pass(withoutLease);
		}
		other.join();
		handler.settle();
		assertThat(handler.counters().get(Counters.OFFERED)).isEqualTo(10 * Passes.STEADY + 10);
		EmitFrame.Level withLease = level();
		route.pass(withLease);
		assertThat(withLease.notes).isNotNull();
		assertThat(withoutLease.notes).isNull();
	}

	private EmitFrame.Level level() {
		EmitFrame frame = this.core.frames().current();
		EmitFrame.Level level = frame.enter("x", null);
		frame.exit(level);
		return level;
	}

	private Registration add(String pattern) {
		this.number++;
		Registration handler = new Registration(this.core, this.number, "h" + this.number,
				HandlerSpec.on(pattern).handler((event, payload) -> {
				}).build(), "test", false);
		this.registry.add(handler);
		return handler;
	}

}
