package io.telemetryrouter;

import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class SlowDispatchTests {

	private static final String REPORT = "Emitting ";

	/** Those of a route that are not reported. */
	private static final int FIRST_CALLS = 10;

	private final ManualTime time = new ManualTime();

	private TelemetryRouter router = this.time.router().build();

	private CapturedLog log;

	private boolean quick;

	@BeforeEach
	void capture() {
		this.log = new CapturedLog();
	}

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@Test
	void whenDispatchIsOverTheThresholdThenItIsCountedAndNamesTheSlowestHandler() {
		subscribe("quick", 1);
		subscribe("slowest", 7);
		subscribe("slow", 6);
		warmUp("x");
		this.router.emit("x", 1);
		assertThat(this.router.eventSnapshot("x").slow()).isOne();
		assertThat(this.log.lines(REPORT)).containsExactly(
				"Emitting 'x' took 14 ms, over the threshold of 5 ms; of that, the handler 'slowest' took 7 ms");
	}

	@Test
	void whenDispatchIsAtTheThresholdThenItIsNotSlow() {
		subscribe("a", 2);
		subscribe("b", 3);
		this.router.emit("x", 1);
		assertThat(this.router.eventSnapshot("x").slow()).isZero();
		assertThat(this.log.lines(REPORT)).isEmpty();
	}

	@Test
	void whenQuickHandlersAddUpThenDispatchIsSlow() {
		subscribe("a", 2);
		subscribe("b", 4);
		warmUp("x");
		this.router.emit("x", 1);
		assertThat(this.router.eventSnapshot("x").slow()).isOne();
		assertThat(this.log.lines(REPORT)).singleElement().asString().contains("handler 'b' took 4 ms");
	}

	@Test
	void whenThresholdIsSetThenItIsUsed() {
		this.router = this.time.router().slowThreshold(Duration.ofSeconds(2)).build();
		subscribe("a", 2000);
		this.router.emit("x", 1);
		assertThat(this.router.eventSnapshot("x").slow()).isZero();
		subscribe("b", 1);
		this.router.emit("x", 1);
		assertThat(this.router.eventSnapshot("x").slow()).isOne();
	}

	@Test
	void whenDispatchesStaySlowThenAllAreCountedAndReportedOnceAMinute() {
		subscribe("slow", 10);
		warmUp("x");
		for (int i = 0; i < 100; i++) {
			this.router.emit("x", i);
		}
		assertThat(this.router.eventSnapshot("x").slow()).isEqualTo(100);
		assertThat(this.log.lines(REPORT)).hasSize(1);
		this.time.advance(Duration.ofMinutes(1));
		this.router.emit("x", 1);
		assertThat(this.log.lines(REPORT)).hasSize(2)
			.last()
			.asString()
			.endsWith("'slow' took 10 ms (and 99 more since the last report of such a slow emit)");
	}

	@Test
	void whenSlowHandlerFailsThenItIsStillNamed() {
		this.router.subscribe(HandlerSpec.on("x").id("failing").handler((event, payload) -> {
			pass(9);
			if (!this.quick) {
				throw new IllegalStateException("on purpose");
			}
		}).build());
		subscribe("quick", 1);
		warmUp("x");
		this.router.emit("x", 1);
		assertThat(this.log.lines(REPORT)).singleElement().asString().contains("handler 'failing' took 9 ms");
	}

	@Test
	void whenEventsDifferThenEachIsReported() {
		subscribe("slow", 10);
		this.router.subscribe("y", (event, payload) -> pass(10));
		warmUp("x");
		warmUp("y");
		this.router.emit("x", 1);
		this.router.emit("y", 1);
		assertThat(this.log.lines("Emitting 'x'")).hasSize(1);
		assertThat(this.log.lines("Emitting 'y'")).hasSize(1);
	}

	@Test
	void whenNotMeasuredThenNothingIsSlow() {
		this.router = this.time.router().measureLatency(false).build();
		subscribe("slow", 10);
		this.router.emit("x", 1);
		assertThat(this.router.eventSnapshot("x").slow()).isZero();
		assertThat(this.log.lines(REPORT)).isEmpty();
	}

	@Test
	void whenHandlerIsOverItsOwnThresholdThenItIsCountedAndReportedAtALimitedRate() {
		this.router.subscribe(HandlerSpec.on("x")
			.id("own")
			.slowThreshold(Duration.ofMillis(1))
			.handler((event, payload) -> this.time.advance(Duration.ofMillis((int) payload)))
			.build());
		this.router.emit("x", 1);
		this.router.emit("x", 2);
		this.router.emit("x", 3);
		assertThat(this.router.handlerSnapshot("own").slow()).isEqualTo(2);
		assertThat(this.log.lines("Handler 'own'"))
			.containsExactly("Handler 'own' took 2 ms on event 'x', over its threshold of 1 ms");
	}

	@Test
	void whenHandlerIsOverItsOwnThresholdAndFailsThenItIsCountedSlowToo() {
		this.router.subscribe(
				HandlerSpec.on("x").id("failing").slowThreshold(Duration.ofMillis(1)).handler((event, payload) -> {
					this.time.advance(Duration.ofMillis((int) payload));
					throw new IllegalStateException();
				}).build());
		this.router.emit("x", 1);
		assertThat(this.router.handlerSnapshot("failing").slow()).isZero();
		this.router.emit("x", 2);
		assertThat(this.router.handlerSnapshot("failing").slow()).isOne();
		assertThat(this.log.lines("Handler 'failing' took 2 ms")).hasSize(1);
	}

	@Test
	void whenAsynchronousHandlerIsSlowThenTheDispatchIsNot() {
		this.router.subscribe(HandlerSpec.on("x")
			.id("lane")
			.async()
			.slowThreshold(Duration.ofMillis(1))
			.handler((event, payload) -> this.time.advance(Duration.ofMillis(50)))
			.build());
		this.router.emit("x", 1);
		assertThat(this.router.flush(Duration.ofSeconds(60)).complete()).isTrue();
		assertThat(this.router.handlerSnapshot("lane").slow()).isOne();
		assertThat(this.router.handlerSnapshot("lane").latency().maxNanos()).isEqualTo(50_000_000);
	}

	/**
	 * Passes the time of a call, unless all are to be quick.
	 */
	private void pass(int millis) {
		if (!this.quick) {
			this.time.advance(Duration.ofMillis(millis));
		}
	}

	private void warmUp(String event) {
		this.quick = true;
		for (int i = 0; i < FIRST_CALLS; i++) {
			this.router.emit(event, i);
		}
		this.quick = false;
	}

	private void subscribe(String id, int millis) {
		this.router.subscribe(HandlerSpec.on("x").id(id).handler((event, payload) -> pass(millis)).build());
	}

}
