package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The report of a slow emit names the slow code, and first calls are never reported.
 */
class SlowDispatchCauseTests {

	private static final int FIRST_CALLS = 10;

	private final ManualTime time = new ManualTime();

	private boolean slow;

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = this.time.router().build();
	}

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	private void use(Consumer<TelemetryRouterBuilder> customizer) {
		this.router.close();
		TelemetryRouterBuilder builder = this.time.router();
		customizer.accept(builder);
		this.router = builder.build();
	}

	private boolean pass() {
		if (this.slow) {
			this.time.advance(Duration.ofMillis(9));
		}
		return true;
	}

	/**
	 * Emits quickly, and then slowly.
	 */
	private void emit() {
		emitFirst();
		this.slow = true;
		this.router.emit("x", 1);
	}

	private void emitFirst() {
		for (int i = 0; i < FIRST_CALLS; i++) {
			this.router.emit("x", i);
		}
	}

	private void assertReported(String part) {
		assertReported("x", part);
	}

	private void assertReported(String event, String part) {
		assertThat(this.log.lines("Emitting ")).containsExactly(
				"Emitting '" + event + "' took 9 ms, over the threshold of 5 ms; of that, the " + part + " took 9 ms");
	}

	@ParameterizedTest
	@EnumSource
	void whenConditionIsSlowThenItIsNamedAndNotItsHandler(HandlerMode mode) {
		this.router.subscribe("x", (event, payload) -> {
		});
		this.router
			.subscribe(HandlerSpec.on("x").id("picky").mode(mode).condition((event) -> pass()).handler((e, p) -> {
			}).build());
		emitFirst();
		// The clock must not move during a call of the lane.
		Books.balanced(this.router);
		this.slow = true;
		this.router.emit("x", 1);
		assertReported("condition of handler 'picky'");
		Books.balanced(this.router);
		assertThat(this.router.handlerSnapshot("picky").latency().maxNanos()).isZero();
	}

	@Test
	void whenSlowConditionFailsThenItIsNamed() {
		this.router.subscribe(HandlerSpec.on("x").id("picky").condition((event) -> {
			pass();
			throw new IllegalStateException("on purpose");
		}).handler((event, payload) -> {
		}).build());
		emit();
		assertReported("condition of handler 'picky'");
	}

	@Test
	void whenContextCarrierIsSlowThenItIsNamed() {
		use((builder) -> builder.contextCarrier(new SlowCarrier()));
		this.router.subscribe(HandlerSpec.on("x").id("lane").async().handler((event, payload) -> {
		}).build());
		emit();
		assertReported("context carrier");
	}

	@Test
	void whenContextCarrierIsSlowForTheEventOfASpanThenItIsNamed() {
		use((builder) -> builder.contextCarrier(new SlowCarrier()));
		this.router.subscribe(HandlerSpec.on("x.started").id("lane").async().handler((event, payload) -> {
		}).build());
		for (int i = 0; i < FIRST_CALLS; i++) {
			this.router.span("x", null).complete(null);
		}
		this.slow = true;
		this.router.span("x", null).complete(null);
		assertReported("x.started", "context carrier");
	}

	@Test
	void whenFilterIsSlowThenItIsNamed() {
		this.router.subscribe("x", (event, payload) -> {
		});
		this.router.next("x", (event) -> !pass(), Duration.ofDays(1));
		emit();
		assertReported("filter of an awaited event");
	}

	@Test
	void whenQueueIsFullThenItIsNamed() {
		CountDownLatch hang = new CountDownLatch(1);
		CountDownLatch hanging = new CountDownLatch(1);
		use((builder) -> builder.nanoTime(System::nanoTime).blockTimeout(Duration.ofMillis(20)));
		this.router.subscribe(HandlerSpec.on("x")
			.id("lane")
			.async()
			.maxQueue(FIRST_CALLS)
			.overflow(OverflowPolicy.BLOCK)
			.handler((event, payload) -> {
				hanging.countDown();
				Books.pass(hang);
			})
			.build());
		this.router.emit("x", 0);
		Books.pass(hanging);
		emit();
		hang.countDown();
		assertThat(this.log.lines("Emitting 'x' took ")).singleElement()
			.asString()
			.contains("; of that, the full queue of handler 'lane' took ");
	}

	@Test
	void whenNothingTookLongThenLineNamesNoHandler() {
		use((builder) -> builder.slowThreshold(Duration.ofNanos(1)).nanoTime(() -> {
			// A pause somewhere in the router.
			pass();
			return this.time.getAsLong();
		}));
		for (int i = 0; i < 100; i++) {
			this.router.subscribe("x", (event, payload) -> {
			});
		}
		emit();
		assertThat(this.log.lines("Emitting ")).singleElement()
			.asString()
			.endsWith("; no handler, condition, context carrier or full queue took a noticeable part of it");
	}

	@Test
	void whenFirstCallsOfARouteAreSlowThenTheyAreCountedAndNotReported() {
		this.slow = true;
		this.router.subscribe("x", (event, payload) -> pass());
		for (int i = 0; i < FIRST_CALLS; i++) {
			this.router.emit("x", i);
		}
		assertThat(this.router.eventSnapshot("x").slow()).isEqualTo(FIRST_CALLS);
		assertThat(this.log.lines("Emitting ")).isEmpty();
		this.router.emit("x", 1);
		assertThat(this.log.lines("Emitting ")).hasSize(1);
		this.time.advance(Duration.ofMinutes(1));
		// Another route: the new handler loads its classes.
		this.router.subscribe("*", (event, payload) -> pass());
		this.router.emit("x", 1);
		assertThat(this.log.lines("Emitting ")).hasSize(1);
	}

	private final class SlowCarrier implements ContextCarrier {

		@Override
		public Object capture() {
			return pass();
		}

		@Override
		public Scope restore(Object context) {
			return () -> {
			};
		}

	}

}
