package io.telemetryrouter;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 8, second half: emit loops end.
 */
class RecursionTests {

	private final CapturedLog log = new CapturedLog();

	private final ManualTime time = new ManualTime();

	private TelemetryRouter router = this.time.router().build();

	private final AtomicLong calls = new AtomicLong();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerEmitsItsOwnEventThenTheLoopEndsAtTheDefaultDepth(HandlerMode mode) {
		subscribeLoop(mode, "event", "event");
		this.router.emit("event", null);
		HandlerAccount total = Books.total(Books.balanced(this.router));
		assertThat(this.calls).hasValue(32);
		assertThat(total.handled()).isEqualTo(32);
		assertThat(Books.dropped(total, DropReason.RECURSION)).isOne();
		assertThat(total.offered()).isEqualTo(33);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 5, 100 })
	void whenDepthIsLimitedThenThatManyEmitsNest(int depth) {
		use(this.time.router().maxDepth(depth));
		subscribeLoop(HandlerMode.SYNC, "event", "event");
		this.router.emit("event", null);
		assertThat(this.calls).hasValue(depth);
	}

	@Test
	void whenLoopRunsAcrossSyncHandlersAndLanesThenTheDepthIsCarriedAlong() {
		subscribeLoop(HandlerMode.SYNC, "a", "b");
		subscribeLoop(HandlerMode.ASYNC, "b", "c");
		subscribeLoop(HandlerMode.SYNC, "c", "d");
		subscribeLoop(HandlerMode.ASYNC, "d", "a");
		this.router.emit("a", null);
		HandlerAccount total = Books.total(Books.balanced(this.router));
		assertThat(this.calls).hasValue(32);
		assertThat(Books.dropped(total, DropReason.RECURSION)).isOne();
	}

	@Test
	void whenEnvelopeHandlersLoopThenTheDepthIsTheSame() {
		this.router.subscribe(HandlerSpec.on("event").eventHandler((event) -> {
			this.calls.incrementAndGet();
			this.router.emit("event", null);
		}).build());
		this.router.emit("event", null);
		assertThat(this.calls).hasValue(32);
	}

	@Test
	void whenEmitAsyncLoopsThenTheDepthIsTheSame() {
		this.router.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> {
			this.calls.incrementAndGet();
			this.router.emitAsync("event", null);
		}).build());
		this.router.emit("event", null);
		Books.balanced(this.router);
		assertThat(this.calls).hasValue(32);
	}

	@Test
	void whenNestedEmitIsDroppedThenItsOutcomeSaysSo() {
		use(this.time.router().maxDepth(1));
		List<EmitOutcome> outcomes = new ArrayList<>();
		this.router.subscribe("event",
				(name, payload) -> outcomes.add(Books.result(this.router.emitAsync("event", null))));
		this.router.emit("event", null);
		assertThat(outcomes).containsExactly(new EmitOutcome(0, 0, 0, 1));
	}

	@ParameterizedTest
	@EnumSource
	void whenTwoHandlersEmitEachOthersEventThenTheBudgetEndsIt(HandlerMode mode) {
		use(this.time.router().maxHandlerQueue(10_000));
		// Each event reaches both, so that the number doubles with each level.
		for (String target : List.of("ping", "pong")) {
			this.router.subscribe(HandlerSpec.on("ping", "pong").mode(mode).handler((name, payload) -> {
				this.calls.incrementAndGet();
				this.router.emit(target, null);
			}).build());
		}
		this.router.emit("ping", null);
		HandlerAccount total = Books.total(Books.balanced(this.router));
		assertThat(this.calls).hasValue(2 * (1 + 1000));
		assertThat(total.handled()).isEqualTo(this.calls.get());
		assertThat(Books.dropped(total, DropReason.RECURSION)).isPositive();
		assertThat(total.droppedTotal()).isEqualTo(Books.dropped(total, DropReason.RECURSION));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 7, 100 })
	void whenBudgetIsSetThenOneOutermostEmitCausesThatManyNestedOnes(int budget) {
		use(this.time.router().maxNestedEmits(budget));
		AtomicInteger nested = new AtomicInteger();
		this.router.subscribe("outer", (name, payload) -> {
			for (int i = 0; i < 200; i++) {
				this.router.emit("inner", i);
			}
		});
		this.router.subscribe("inner", (name, payload) -> nested.incrementAndGet());
		this.router.emit("outer", null);
		assertThat(nested).hasValue(budget);
		this.router.emit("outer", null);
		assertThat(nested).hasValue(2 * budget);
		for (int i = 0; i < 500; i++) {
			this.router.emit("inner", i);
		}
		assertThat(nested).hasValue(2 * budget + 500);
		Books.balanced(this.router);
	}

	@Test
	void whenEmitsNestInSeveralHandlersOfOneEventThenTheyShareTheBudget() {
		use(this.time.router().maxNestedEmits(10));
		AtomicInteger nested = new AtomicInteger();
		this.router.subscribe("inner", (name, payload) -> nested.incrementAndGet());
		for (HandlerMode mode : HandlerMode.values()) {
			for (int i = 0; i < 3; i++) {
				this.router.subscribe(HandlerSpec.on("outer").mode(mode).handler((name, payload) -> {
					for (int k = 0; k < 5; k++) {
						this.router.emit("inner", k);
					}
				}).build());
			}
		}
		this.router.emit("outer", null);
		Books.balanced(this.router);
		assertThat(nested).hasValue(10);
	}

	@Test
	void whenHandlersFailInALoopThenItEndsAllTheSame() {
		try (TelemetryRouter failing = this.time.router()
			.errorListener((failure) -> emitAgain(failure.event()))
			.build()) {
			this.router.close();
			this.router = failing;
			failing.subscribe("event", (name, payload) -> {
				this.calls.incrementAndGet();
				throw new Exception("bad");
			});
			failing.emit("event", null);
			assertThat(this.calls).hasValue(32);
			Books.balanced(failing);
		}
	}

	@Test
	void whenConditionEmitsItsOwnEventThenItEndsAllTheSame() {
		this.router.subscribe(HandlerSpec.on("event").condition((event) -> {
			this.calls.incrementAndGet();
			emitAgain(event.name());
			return true;
		}).handler((name, payload) -> {
		}).build());
		this.router.emit("event", null);
		assertThat(this.calls).hasValue(32);
		Books.balanced(this.router);
	}

	@Test
	void whenContextCarrierEmitsThenItEndsAllTheSame() {
		use(this.time.router().contextCarrier(new EmittingCarrier()));
		this.router.subscribe(
				HandlerSpec.on("event").async().handler((name, payload) -> this.calls.incrementAndGet()).build());
		this.router.emit("event", null);
		RouterSnapshot snapshot = Books.balanced(this.router);
		// Its own events are not captured
		assertThat(Books.total(snapshot).offered()).isEqualTo(2);
		assertThat(this.calls).hasValue(2);
	}

	private void emitAgain(String event) {
		this.router.emit(event, null);
	}

	@Test
	void whenLoopIsCutThenItsChainOfNamesIsReportedOnce() {
		use(this.time.router().maxDepth(3));
		subscribeLoop(HandlerMode.SYNC, "a", "b");
		subscribeLoop(HandlerMode.SYNC, "a", "b");
		subscribeLoop(HandlerMode.ASYNC, "b", "c\nx");
		subscribeLoop(HandlerMode.SYNC, "c\nx", "a");
		for (int i = 0; i < 100; i++) {
			this.router.emit("a", null);
		}
		Books.balanced(this.router);
		assertThat(this.log.lines("loop")).singleElement()
			.asString()
			.contains("depth of 3", "a -> b -> c\uFFFDx -> a")
			.doesNotContain("\n");
		assertThat(this.log.records("loop").get(0).getLevel()).isEqualTo(Level.WARNING);
		this.time.advance(java.time.Duration.ofMinutes(1));
		this.router.emit("a", null);
		Books.balanced(this.router);
		assertThat(this.log.lines("loop")).hasSize(2);
		assertThat(this.log.lines("loop").get(1)).contains("99 more");
	}

	@Test
	void whenEmitsAreNotNestedThenThereIsNoLimit() {
		AtomicInteger handled = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event")
			.async()
			.maxQueue(10_000)
			.handler((name, payload) -> handled.incrementAndGet())
			.build());
		for (int i = 0; i < 5000; i++) {
			this.router.emit("event", i);
		}
		Books.balanced(this.router);
		assertThat(handled).hasValue(5000);
	}

	@Test
	void whenHandlerEmitsFromAThreadOfItsOwnThenThatIsANewOutermostEmit() throws Exception {
		use(this.time.router().maxDepth(1));
		List<Object> received = Collections.synchronizedList(new ArrayList<>());
		this.router.subscribe("inner", (name, payload) -> received.add(payload));
		this.router.subscribe("outer", (name, payload) -> {
			Thread thread = new Thread(() -> this.router.emit("inner", payload));
			thread.start();
			thread.join();
		});
		this.router.emit("outer", 1);
		assertThat(received).containsExactly(1);
	}

	@Test
	void whenLoopWasCutThenTheThreadIsAsGoodAsNew() {
		subscribeLoop(HandlerMode.SYNC, "event", "event");
		for (int i = 1; i <= 100; i++) {
			this.router.emit("event", null);
			assertThat(this.calls).hasValue(32L * i);
		}
	}

	@Test
	void whenHeldEventsLoopThenTheDepthCountsFromTheirEmit() {
		use(this.time.router().holdEvents(100));
		subscribeLoop(HandlerMode.SYNC, "event", "event");
		this.router.emit("event", null);
		assertThat(this.calls).hasValue(0);
		this.router.start();
		Books.balanced(this.router);
		assertThat(this.calls).hasValue(32);
	}

	private void subscribeLoop(HandlerMode mode, String from, String to) {
		this.router.subscribe(HandlerSpec.on(from).mode(mode).handler((name, payload) -> {
			this.calls.incrementAndGet();
			this.router.emit(to, payload);
		}).build());
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	private final class EmittingCarrier implements ContextCarrier {

		@Override
		public Object capture() {
			emitAgain("event");
			return "context";
		}

		@Override
		public Scope restore(Object context) {
			return () -> {
			};
		}

	}

}
