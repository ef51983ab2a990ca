package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.LogRecord;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Names without a counterpart are reported: events without a handler of their name, and
 * handlers without events.
 */
class UnmatchedNamesTests {

	private final CapturedLog log = new CapturedLog();

	private final ManualTime time = new ManualTime();

	// Many looks of the watchdog a second.
	private final TelemetryRouter router = this.time.router().stuckThreshold(Duration.ofMillis(50)).build();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	private Subscription subscribe(String... patterns) {
		return subscribe(HandlerSpec.on(patterns));
	}

	private Subscription subscribe(HandlerSpec.Builder<Object> builder) {
		return this.router.subscribe(builder.handler((event, payload) -> {
		}).build());
	}

	/** Moves the time on until a line is there, which needs several looks. */
	private void pass(Duration step, String line) {
		Books.eventually(() -> {
			this.time.advance(step);
			return !this.log.lines(line).isEmpty();
		});
	}

	/** As many looks of the watchdog as a dead event needs to be reported. */
	private void looks() {
		String marker = "marker." + System.nanoTime();
		this.router.emit(marker, null);
		pass(Duration.ofSeconds(10), "Event '" + marker + "' has no handler");
	}

	@Test
	void whenEventIsDeadThenItIsReportedOnceWithTheNearestName() {
		subscribe("usage", "model.*");
		this.router.emit("usge", 1);
		pass(Duration.ofSeconds(10), "'usge'");
		looks();
		this.router.emit("usge", 1);
		looks();
		assertThat(this.log.records("'usge'")).singleElement().satisfies((line) -> {
			assertThat(line.getLevel()).isEqualTo(Level.WARNING);
			assertThat(line.getMessage()).isEqualTo("Event 'usge' has no handler. Did you mean 'usage'?");
		});
	}

	@Test
	void whenEventIsHeardByHandlersOfAllEventsOnlyThenTheLineSaysSo() {
		this.router.subscribeAll((event, payload) -> {
		});
		this.router.emit("prompt", 1);
		pass(Duration.ofSeconds(10), "'prompt'");
		assertThat(this.log.records("'prompt'")).singleElement().satisfies((line) -> {
			assertThat(line.getLevel()).isEqualTo(Level.INFO);
			assertThat(line.getMessage()).isEqualTo("Event 'prompt' has no handler except those for '**'.");
		});
	}

	@Test
	void whenPayloadDeclaresTheNameThenItsEventIsNotReported() {
		subscribe("tool.start");
		this.router.emit("tool.started", new Started());
		this.router.emit("tool.startd", new Started());
		this.router.close();
		assertThat(this.log.lines("has no handler")).singleElement()
			.isEqualTo("Event 'tool.startd' has no handler. Did you mean 'tool.start'?");
		assertThat(this.router.eventSnapshot("tool.started").unhandled()).isOne();
	}

	@TelemetryEventType("tool.started")
	private record Started() {
	}

	@Test
	void whenHandlerComesBetweenTwoLooksThenItsEventIsNotReported() {
		subscribe("other");
		this.router.emit("late", 1);
		Subscription late = subscribe("late");
		looks();
		this.router.emit("late", 2);
		looks();
		late.close();
		this.router.emit("late", 3);
		looks();
		this.router.close();
		assertThat(this.log.lines("'late'")).isEmpty();
		assertThat(this.router.eventSnapshot("late").unhandled()).isEqualTo(2);
	}

	@Test
	void whenEventIsDeadAtOneLookOnlyThenItIsNotReported() {
		AtomicInteger reads = new AtomicInteger();
		try (TelemetryRouter watched = this.time.router().stuckThreshold(Duration.ofMillis(50)).nanoTime(() -> {
			if (Thread.currentThread().getName().equals("telemetry-router:watchdog")) {
				reads.incrementAndGet();
			}
			return this.time.getAsLong();
		}).build()) {
			watched.subscribe("other", (event, payload) -> {
			});
			watched.emit("early", 1);
			this.time.advance(Duration.ofSeconds(10));
			int before = reads.get();
			// Each look reads the clock a few times.
			Books.eventually(() -> reads.get() > before + 50);
			assertThat(this.log.lines("'early'")).isEmpty();
			watched.subscribe("early", (event, payload) -> {
			});
		}
		assertThat(this.log.lines("'early'")).isEmpty();
	}

	@Test
	void whenRouterClosesEarlyThenDeadEventsAreReportedBeforeTheTotals() {
		subscribe("usage");
		this.router.emit("usge", 1);
		this.router.emit("usge", 2);
		this.router.emit("usage", 3);
		this.router.close();
		List<String> lines = this.log.records().stream().map(LogRecord::getMessage).toList();
		assertThat(lines).hasSize(2);
		assertThat(lines.get(0)).isEqualTo("Event 'usge' has no handler. Did you mean 'usage'?");
		assertThat(lines.get(1)).endsWith(", running=0, unhandled=2");
	}

	@Test
	void whenManyEventsAreDeadThenOneLineStandsForTheRest() {
		for (int i = 0; i < 1000; i++) {
			this.router.emit("dead" + i + ".a\nb", i);
		}
		this.router.close();
		assertThat(this.log.lines("has no handler")).hasSize(20).noneMatch((line) -> line.contains("\n"));
		assertThat(this.log.lines("Further events without a counterpart are not reported")).hasSize(1);
	}

	@Test
	void whenHandlerIsNotCalledForMinutesThenItIsReportedOnceWithTheNearestName() {
		subscribe(HandlerSpec.on("usge").id("cost"));
		subscribe(HandlerSpec.on("tool.#").id("tools"));
		subscribe(HandlerSpec.on("usage").id("called"));
		this.router.emit("usage", 1);
		pass(Duration.ofSeconds(30), "Handler 'tools'");
		this.time.advance(Duration.ofHours(1));
		looks();
		assertThat(this.log.lines("not been called")).containsExactly(
				"Handler 'cost' has not been called for 5 min: no event matches 'usge'. Did you mean 'usage'?",
				"Handler 'tools' has not been called for 5 min: no event matches 'tool.#'.");
		assertThat(this.log.records("'cost'").get(0).getLevel()).isEqualTo(Level.WARNING);
		assertThat(this.log.records("'tools'").get(0).getLevel()).isEqualTo(Level.INFO);
	}

	@Test
	void whenManyHandlersAreNotCalledThenOneLineStandsForTheRest() {
		for (int i = 0; i < 30; i++) {
			subscribe(HandlerSpec.on("never").id("uncalled" + i));
		}
		this.router.emit("usage", 1);
		pass(Duration.ofSeconds(30), "Further handlers without a counterpart are not reported");
		looks();
		assertThat(this.log.lines("not been called")).hasSize(20);
		assertThat(this.log.lines("Further handlers without a counterpart are not reported")).hasSize(1);
	}

	@Test
	void whenNothingIsEmittedThenNoHandlerIsReported() {
		subscribe(HandlerSpec.on("usage").id("quiet"));
		for (int i = 0; i < 40; i++) {
			this.time.advance(Duration.ofMinutes(1));
			assertThat(this.router.flush(Duration.ZERO).complete()).isTrue();
		}
		looks();
		assertThat(this.log.lines("'quiet'")).isEmpty();
	}

	@Test
	void whenHandlerIsPausedOrTakesAllEventsOrRejectsThemThenItIsNotReported() {
		subscribe(HandlerSpec.on("never").id("paused"));
		this.router.pause("paused");
		subscribe(HandlerSpec.on("rare").id("selective").condition((event) -> false));
		subscribe(HandlerSpec.on("never").id("uncalled"));
		this.router.emit("rare", 1);
		Subscription all = this.router.subscribeAll((event, payload) -> {
		});
		pass(Duration.ofSeconds(30), "Handler 'uncalled'");
		assertThat(this.log.lines("not been called")).hasSize(1);
		this.router.resume("paused");
		pass(Duration.ofSeconds(30), "Handler 'paused'");
		assertThat(this.log.lines("'" + all.handlerId() + "'")).isEmpty();
		assertThat(this.log.lines("'selective'")).isEmpty();
	}

}
