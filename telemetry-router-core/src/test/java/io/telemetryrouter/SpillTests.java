package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for {@link OverflowPolicy#SPILL}: a handler with a full queue reads the recorded
 * events, in order.
 */
class SpillTests {

	private final MemoryRecorder recorder = new MemoryRecorder();

	private final TelemetryRouter router = TelemetryRouter.builder().logger(new Silence()).build();

	private final List<Object> seen = Collections.synchronizedList(new ArrayList<>());

	private final CountDownLatch open = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.open.countDown();
		this.router.close();
		assertThat(this.recorder.readers).hasValue(0);
	}

	private HandlerSpec.Builder<Object> slow(String pattern) {
		return HandlerSpec.on(pattern).id("slow").async().overflow(OverflowPolicy.SPILL).maxQueue(2);
	}

	private void subscribeSlow() {
		this.router.subscribe(slow("a").eventHandler((event) -> {
			this.open.await();
			this.seen.add(event.payload());
		}).build());
	}

	private void emit(int from, int to) {
		for (int i = from; i < to; i++) {
			this.router.emit("a", i);
			this.router.emit("other", i);
		}
	}

	private static List<Object> numbers(int to) {
		return IntStream.range(0, to).<Object>mapToObj((number) -> number).toList();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlerIsSlowerThanABurstThenItHandlesAllInOrderAndNoEmitterWaits(boolean sync) {
		int burst = 100_000;
		this.router.subscribe(sync ? this.recorder.sync() : this.recorder.async(2 * burst));
		subscribeSlow();
		// The handler has not returned from its first event when the last emit returns.
		emit(0, burst);
		HandlerSnapshot slow = this.router.handlerSnapshot("slow");
		assertThat(slow).isNotNull();
		assertThat(slow.account().handled()).isZero();
		assertThat(slow.spilled()).isGreaterThanOrEqualTo(burst - 3);
		assertThat(slow.account().queued() + slow.account().running()).isEqualTo(burst);
		this.open.countDown();
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(this.seen).isEqualTo(numbers(burst));
		assertThat(snapshot.handlers().get("slow").account().handled()).isEqualTo(burst);
		assertThat(snapshot.handlers().get("slow").spilled()).isZero();
	}

	@Test
	void whenRecordedEventsAreSpilledAfterOneThatIsBeingRecordedThenEachIsReadBack() {
		CountDownLatch recorded = new CountDownLatch(1);
		CountDownLatch overtaken = new CountDownLatch(1);
		this.recorder.records = (event) -> {
			if (event.payload().equals("last")) {
				Books.pass(recorded);
			}
			return true;
		};
		this.router.subscribe(this.recorder.async(1));
		// The emitters wait between the recorder and the queue of the slow handler.
		this.router.subscribe(HandlerSpec.on("a").priority(-1).async().condition((event) -> {
			if (event.payload().equals("early")) {
				Books.pass(overtaken);
			}
			return false;
		}).handler((event, payload) -> {
		}).build());
		subscribeSlow();
		List<CompletableFuture<Void>> emits = new ArrayList<>();
		for (int i = 0; i < 9; i++) {
			Object payload = (i < 5) ? i : "early";
			emits.add(CompletableFuture.runAsync(() -> this.router.emit("a", payload),
					(task) -> new Thread(task).start()));
			Books.eventually(() -> this.recorder.events.size() == emits.size());
		}
		this.router.emit("a", "last");
		overtaken.countDown();
		emits.forEach(Books::result);
		recorded.countDown();
		this.open.countDown();
		assertThat(Books.balanced(this.router).handlers().get("slow").account().handled()).isEqualTo(10);
	}

	@Test
	void whenHandlerHasCaughtUpThenItGoesOnFromItsQueueAndCanFallBehindAgain() {
		this.router.subscribe(this.recorder.sync());
		subscribeSlow();
		emit(0, 50);
		this.open.countDown();
		Books.balanced(this.router);
		Books.eventually(() -> this.recorder.readers.get() == 0);
		this.recorder.reading = (number) -> {
			throw new AssertionError("Nothing is to be read while the queue has room");
		};
		emit(50, 51);
		Books.balanced(this.router);
		emit(51, 52);
		Books.balanced(this.router);
		this.recorder.reading = (number) -> {
		};
		this.router.pause("slow");
		emit(52, 100);
		this.router.resume("slow");
		Books.balanced(this.router);
		assertThat(this.seen).isEqualTo(numbers(100));
	}

	@Test
	void whenAnotherHandlerIsFasterThanTheRecorderThenItsEventsAreReadBackAllTheSame() {
		CountDownLatch recorded = new CountDownLatch(1);
		this.recorder.records = (event) -> {
			Books.pass(recorded);
			return true;
		};
		this.router.subscribe(this.recorder.async(200));
		this.router.subscribe(HandlerSpec.on("a").id("fast").async().handler((event, payload) -> {
		}).build());
		subscribeSlow();
		emit(0, 50);
		Books.eventually(() -> Books.of(this.router, "fast").handled() == 50);
		emit(50, 60);
		recorded.countDown();
		this.open.countDown();
		Books.balanced(this.router);
		assertThat(this.seen).isEqualTo(numbers(60));
	}

	@Test
	void whenEventIsReadBackThenTheTimeOfTheReadIsNotTheHandlers() {
		ManualTime time = new ManualTime();
		try (TelemetryRouter measured = time.router().logger(new Silence()).build()) {
			measured.subscribe(this.recorder.sync());
			this.recorder.reading = (number) -> time.advance(Duration.ofSeconds(1));
			measured.subscribe(slow("a").handler((event, payload) -> this.open.await()).build());
			for (int i = 0; i < 10; i++) {
				measured.emit("a", i);
			}
			this.open.countDown();
			HandlerSnapshot slow = Books.balanced(measured).handlers().get("slow");
			assertThat(slow.latency().maxNanos()).isZero();
			assertThat(slow.queueWait().maxNanos()).isGreaterThanOrEqualTo(Duration.ofSeconds(7).toNanos());
		}
	}

	@Test
	void whenHandlerYieldsAnExecutorOfTheUserThenItHandlesAllSpilledEvents() {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		TelemetryRouter yielding = TelemetryRouter.builder().logger(new Silence()).laneExecutor(executor).build();
		try {
			yielding.subscribe(this.recorder.sync());
			yielding.subscribe(slow("a").handler((event, payload) -> {
				this.open.await();
				this.seen.add(payload);
			}).build());
			for (int i = 0; i < 1000; i++) {
				yielding.emit("a", i);
			}
			this.open.countDown();
			Books.balanced(yielding);
			assertThat(this.seen).isEqualTo(numbers(1000));
		}
		finally {
			this.open.countDown();
			yielding.close();
			executor.shutdown();
		}
	}

	@Test
	void whenSeveralThreadsEmitThenTheEventsOfEachKeepTheirOrder() throws Exception {
		this.router.subscribe(this.recorder.async(50_000));
		Map<Integer, List<Integer>> order = new ConcurrentHashMap<>();
		this.router.subscribe(slow("b").handler((event, payload) -> {
			int value = (Integer) payload;
			order.computeIfAbsent(value / 10_000, (producer) -> new ArrayList<>()).add(value % 10_000);
		}).build());
		Parallel.run(4, (number) -> {
			for (int i = 0; i < 10_000; i++) {
				this.router.emit("b", number * 10_000 + i);
				if (i % 500 == 0) {
					Thread.yield();
				}
			}
		});
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(snapshot.handlers().get("slow").account().handled()).isEqualTo(40_000);
		assertThat(order.values()).hasSize(4)
			.allSatisfy((values) -> assertThat(values).isEqualTo(IntStream.range(0, 10_000).boxed().toList()));
	}

	@Test
	void whenEventIsReadBackThenItIsTheSameEvent() {
		this.router.subscribe(this.recorder.sync());
		List<TelemetryEvent<?>> emitted = new ArrayList<>();
		List<TelemetryEvent<?>> handled = Collections.synchronizedList(new ArrayList<>());
		this.router.subscribe(HandlerSpec.on("a").eventHandler(emitted::add).build());
		this.router.subscribe(slow("a").eventHandler((event) -> {
			this.open.await();
			handled.add(event);
		}).build());
		this.router.subscribe("cause", (event, payload) -> this.router.emit("a", payload));
		emit(0, 5);
		TelemetryEmitter run = this.router.forRun("run-1");
		TelemetryEmitter inner = this.router.forRun("run-2", "run-1");
		for (int i = 5; i < 10; i++) {
			((i % 3 == 0) ? inner : run).emit("a", i);
		}
		this.router.emit("cause", 10);
		this.router.emit("a", null);
		this.open.countDown();
		Books.balanced(this.router);
		assertThat(handled).usingElementComparator((one, other) -> 0).hasSameSizeAs(emitted);
		for (int i = 0; i < emitted.size(); i++) {
			TelemetryEvent<?> event = handled.get(i);
			TelemetryEvent<?> before = emitted.get(i);
			assertThat(event.payload()).isEqualTo(before.payload());
			assertThat(event.sequence()).isEqualTo(before.sequence());
			assertThat(event.id()).isEqualTo(before.id());
			assertThat(event.timestamp()).isEqualTo(before.timestamp());
			assertThat(event.runId()).isEqualTo(before.runId());
			assertThat(event.parentRunId()).isEqualTo(before.parentRunId());
			assertThat(event.runSequence()).isEqualTo(before.runSequence());
			assertThat(event.causationId()).isEqualTo(before.causationId());
			assertThat(event.replayed()).isFalse();
		}
		assertThat(handled.get(9)).extracting(TelemetryEvent::runId).isEqualTo("run-2");
		assertThat(handled.get(10).causationId()).isNotNull();
	}

	@Test
	void whenEmitIsTrackedThenItsOutcomeAwaitsTheSpilledEvent() throws Exception {
		this.router.subscribe(this.recorder.sync());
		subscribeSlow();
		emit(0, 10);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("a", 10);
		emit(11, 12);
		assertThat(outcome).isNotDone();
		this.open.countDown();
		assertThat(outcome).succeedsWithin(Books.LIMIT).isEqualTo(new EmitOutcome(2, 0, 0, 0));
	}

	@Test
	void whenHandlersFallBehindInALoopThenItEnds() {
		this.router.subscribe(this.recorder.sync());
		this.router.subscribe(slow("loop").handler((event, payload) -> {
			this.open.await();
			this.router.emit("loop", payload);
		}).build());
		for (int i = 0; i < 20; i++) {
			this.router.emit("loop", i);
		}
		this.open.countDown();
		RouterSnapshot snapshot = Books.balanced(this.router);
		// A depth of 32 each, the last of which is dropped.
		assertThat(snapshot.handlers().get("slow").account()).returns(20 * 32L, HandlerAccount::handled)
			.returns(20L, (account) -> Books.dropped(account, DropReason.RECURSION));
	}

	@Test
	void whenFlushedThenSpilledEventsArePending() {
		this.router.subscribe(this.recorder.sync());
		subscribeSlow();
		emit(0, 100);
		FlushResult result = this.router.flush(Duration.ZERO);
		assertThat(result.complete()).isFalse();
		assertThat(result.pendingByHandler()).containsEntry("slow", 100L);
		CompletableFuture<FlushResult> flush = CompletableFuture.supplyAsync(() -> this.router.flush(Books.LIMIT));
		this.open.countDown();
		assertThat(flush).succeedsWithin(Books.LIMIT).returns(true, FlushResult::complete);
		assertThat(this.seen).hasSize(100);
	}

	@Test
	void whenRunIsFlushedThenItsSpilledEventsAreAwaited() {
		this.router.subscribe(this.recorder.sync());
		subscribeSlow();
		TelemetryEmitter run = this.router.forRun("run-1");
		for (int i = 0; i < 20; i++) {
			run.emit("a", i);
		}
		assertThat(this.router.flushRun("run-1", Duration.ZERO).complete()).isFalse();
		this.open.countDown();
		assertThat(this.router.flushRun("run-1", Books.LIMIT).complete()).isTrue();
		assertThat(this.seen).hasSize(20);
		run.emit("other", 1);
	}

	@Test
	void whenPausedWhileBehindThenNothingIsHandledUntilResumed() {
		this.router.subscribe(this.recorder.sync());
		CountDownLatch reads = new CountDownLatch(1);
		this.recorder.reading = (number) -> {
			this.router.pause("slow");
			reads.countDown();
		};
		subscribeSlow();
		emit(0, 20);
		this.open.countDown();
		Books.pass(reads);
		emit(20, 30);
		await().atMost(Books.LIMIT).until(() -> Books.of(this.router, "slow").running() == 0);
		int handled = this.seen.size();
		assertThat(handled).isBetween(2, 3);
		assertThat(Books.of(this.router, "slow")).returns(30L - handled, HandlerAccount::queued)
			.matches(HandlerAccount::isBalanced);
		this.recorder.reading = (number) -> {
		};
		this.router.resume("slow");
		Books.balanced(this.router);
		assertThat(this.seen).isEqualTo(numbers(30));
	}

}
