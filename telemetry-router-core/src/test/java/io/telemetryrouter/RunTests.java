package io.telemetryrouter;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * Runs that threads and emitters are bound to.
 */
@SuppressWarnings("try")
class RunTests {

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final List<TelemetryEvent<?>> events = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.router.close();
	}

	private void record() {
		this.router.subscribe(HandlerSpec.on("**").priority(-1).eventHandler(this.events::add).build());
	}

	private static String place(TelemetryEvent<?> event) {
		return event.runId() + "<" + event.parentRunId() + "#" + event.runSequence();
	}

	private List<String> places() {
		return this.events.stream().map(RunTests::place).toList();
	}

	@Test
	void whenNoRunIsOpenThenAnEventBelongsToNone() {
		record();
		this.router.emit("a", null);
		assertThat(places()).containsExactly("null<null#0");
		assertThat(this.events.get(0).causationId()).isNull();
		assertThat(this.events.get(0).span()).isNull();
	}

	@Test
	void whenRunsNestThenTheyKnowTheirParentsAndClosingRestores() {
		record();
		try (RunScope outer = this.router.openRun("outer")) {
			this.router.emit("a", null);
			try (RunScope inner = this.router.openRun("inner")) {
				this.router.emit("b", null);
				assertThat(inner.runId()).isEqualTo("inner");
				assertThat(inner.parentRunId()).isEqualTo("outer");
				assertThat(RunContext.current()).isNotNull();
				assertThat(RunContext.current().runId()).isEqualTo("inner");
			}
			this.router.emit("c", null);
			assertThat(outer.parentRunId()).isNull();
		}
		this.router.emit("d", null);
		assertThat(places()).containsExactly("outer<null#1", "inner<outer#1", "outer<null#2", "null<null#0");
		assertThat(RunContext.current()).isNull();
	}

	@Test
	void whenScopesCloseOutOfOrderThenTheThreadIsInTheInnermostOpenOne() {
		record();
		RunScope first = this.router.openRun("first");
		RunScope second = this.router.openRun("second");
		RunScope third = this.router.openRun("third");
		second.close();
		this.router.emit("a", null);
		third.close();
		this.router.emit("b", null);
		third.close();
		first.close();
		this.router.emit("c", null);
		assertThat(places()).containsExactly("third<second#1", "first<null#1", "null<null#0");
	}

	@Test
	void whenAnotherThreadClosesAScopeThenItEndsForItsOwnThread() throws Exception {
		record();
		RunScope outer = this.router.openRun("outer");
		RunScope inner = this.router.openRun("inner");
		onAnotherThread(inner::close);
		this.router.emit("a", null);
		onAnotherThread(() -> this.router.emit("b", null));
		outer.close();
		assertThat(places()).containsExactly("outer<null#1", "null<null#0");
		assertThat(RunContext.current()).isNull();
	}

	@Test
	void whenSeveralThreadsOpenOneRunThenTheyShareItsNumbers() throws Exception {
		record();
		try (RunScope run = this.router.openRun("run")) {
			this.router.emit("a", null);
			onAnotherThread(() -> {
				try (RunScope same = this.router.openRun("run")) {
					this.router.emit("b", null);
				}
				this.router.forRun("run").emit("c", null);
			});
			this.router.emit("d", null);
		}
		assertThat(places()).containsExactly("run<null#1", "run<null#2", "run<null#3", "run<null#4");
	}

	@Test
	void whenAnEmitterIsOfARunThenTheThreadStaysInItsOwn() {
		record();
		TelemetryEmitter detached = this.router.forRun("detached", "given");
		try (RunScope run = this.router.openRun("own")) {
			detached.emit("a", null);
			detached.emit(EventType.of("b", String.class), "text");
			Books.result(detached.emitAsync("c", null));
			detached.emitLazily("d", () -> "text");
			this.router.emit("e", null);
			this.router.forRun("child").emit("f", null);
			detached.forRun("grandchild").emit("g", null);
		}
		assertThat(places()).containsExactly("detached<given#1", "detached<given#2", "detached<given#3",
				"detached<given#4", "own<null#1", "child<own#1", "grandchild<detached#1");
	}

	@Test
	void whenHandlersEmitThenTheRunFollowsAcrossLanes() throws Exception {
		record();
		this.router.subscribe(HandlerSpec.on("first")
			.async()
			.handler((event, payload) -> this.router.emit("second", payload))
			.build());
		this.router.subscribe("second", (event, payload) -> this.router.emit("third", payload));
		try (RunScope run = this.router.openRun("run")) {
			this.router.emitAsync("first", null).get(30, TimeUnit.SECONDS);
		}
		this.router.emitAsync("first", null).get(30, TimeUnit.SECONDS);
		this.events.sort(Comparator.comparingLong(TelemetryEvent::sequence));
		assertThat(this.events).extracting(TelemetryEvent::name)
			.containsExactly("first", "second", "third", "first", "second", "third");
		assertThat(places()).containsExactly("run<null#1", "run<null#2", "run<null#3", "null<null#0", "null<null#0",
				"null<null#0");
	}

	@Test
	void whenAHandlerEmitsThenItsEventIsTheCause() throws Exception {
		record();
		this.router.subscribe(HandlerSpec.on("first")
			.async()
			.handler((event, payload) -> this.router.emit("second", payload))
			.build());
		this.router.subscribe("second", (event, payload) -> this.router.emit("third", payload));
		this.router.emitAsync("first", null).get(30, TimeUnit.SECONDS);
		this.events.sort(Comparator.comparingLong(TelemetryEvent::sequence));
		assertThat(this.events.get(0).causationId()).isNull();
		assertThat(this.events.get(1).causationId()).isEqualTo(this.events.get(0).id());
		assertThat(this.events.get(2).causationId()).isEqualTo(this.events.get(1).id());
	}

	@Test
	void whenTheCauseHasNoEnvelopeThenWhatItCausedSharesAnId() {
		this.router.subscribe(HandlerSpec.on("effect.*").eventHandler(this.events::add).build());
		this.router.subscribe("cause", (event, payload) -> {
			this.router.emit("effect.one", null);
			this.router.emit("effect.two", null);
		});
		this.router.emit("cause", null);
		this.router.emit("cause", null);
		assertThat(this.events).hasSize(4);
		assertThat(this.events.get(0).causationId()).isNotNull().isEqualTo(this.events.get(1).causationId());
		assertThat(this.events.get(2).causationId()).isNotNull()
			.isEqualTo(this.events.get(3).causationId())
			.isNotEqualTo(this.events.get(0).causationId());
		assertThat(this.events).extracting(TelemetryEvent::sequence).containsExactly(1L, 2L, 3L, 4L);
	}

	@Test
	void whenAHandlerLeavesAScopeOpenThenItsEmitterIsBackInItsOwn() {
		record();
		this.router.subscribe("leaky", (event, payload) -> {
			this.router.openRun("leaked");
			this.router.span("leaked", null);
			this.router.emit("inside", null);
		});
		try (RunScope run = this.router.openRun("run")) {
			this.router.emit("leaky", null);
			this.router.emit("after", null);
		}
		this.router.emit("leaky", null);
		assertThat(RunContext.current()).isNull();
		assertThat(this.events).extracting((event) -> event.name() + " " + event.runId())
			.containsExactly("leaky run", "leaked.started leaked", "inside leaked", "after run", "leaky null",
					"leaked.started leaked", "inside leaked");
	}

	@Test
	void whenAnAsynchronousHandlerLeavesAScopeOpenThenItsNextEventIsInItsOwn() throws Exception {
		record();
		this.router.subscribe(HandlerSpec.on("leaky").async().handler((event, payload) -> {
			this.router.emit("inside", null);
			this.router.openRun("leaked");
		}).build());
		this.router.emit("leaky", null);
		this.router.emitAsync("leaky", null).get(30, TimeUnit.SECONDS);
		assertThat(this.events).filteredOn((event) -> event.name().equals("inside"))
			.extracting(TelemetryEvent::runId)
			.containsExactly(null, null);
	}

	@Test
	void whenEventsAreHeldThenTheyKeepTheirRun() {
		TelemetryRouter holding = TelemetryRouter.builder().holdEvents(10).build();
		holding.subscribe(HandlerSpec.on("**").eventHandler(this.events::add).build());
		try (RunScope run = holding.openRun("run")) {
			holding.emit("a", null);
		}
		holding.start();
		assertThat(places()).containsExactly("run<null#1");
		holding.close();
	}

	@Test
	void whenAnotherRouterEmitsThenItsEventsAreOfItsOwnRuns() {
		TelemetryRouter other = TelemetryRouter.builder().build();
		other.subscribe(HandlerSpec.on("**").eventHandler(this.events::add).build());
		try (RunScope own = other.openRun("own"); RunScope foreign = this.router.openRun("foreign")) {
			other.emit("a", null);
		}
		try (RunScope foreign = this.router.openRun("foreign")) {
			other.emit("b", null);
		}
		assertThat(places()).containsExactly("own<null#1", "null<null#0");
		other.close();
	}

	@Test
	void whenTheIdIsBlankThenItIsRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.openRun(" ")).withMessageContaining("runId");
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.forRun(null)).withMessageContaining("runId");
	}

	private static void onAnotherThread(Runnable task) throws Exception {
		CompletableFuture.runAsync(task, (run) -> new Thread(run).start()).get(30, TimeUnit.SECONDS);
	}

}
