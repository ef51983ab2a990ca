package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.Level;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 4: what happens when a lane is full.
 */
class OverflowPolicyTests {

	private static final Duration FOR_EVER = Duration.ofDays(1);

	private final CapturedLog log = new CapturedLog();

	private TelemetryRouter router = TelemetryRouter.builder().blockTimeout(FOR_EVER).build();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch gate = new CountDownLatch(1);

	private final List<Object> handled = new ArrayList<>();

	@AfterEach
	void close() {
		this.gate.countDown();
		this.router.close();
		this.log.close();
	}

	@ParameterizedTest
	@CsvSource({ "DROP_NEWEST, 1", "DROP_NEWEST, 3", "DROP_NEWEST, 32", "DROP_NEWEST, 33", "DROP_NEWEST, 1000",
			"DROP_OLDEST, 1", "DROP_OLDEST, 3", "DROP_OLDEST, 32", "DROP_OLDEST, 33", "DROP_OLDEST, 1000", "BLOCK, 1",
			"BLOCK, 3", "BLOCK, 32", "BLOCK, 33", "BLOCK, 1000" })
	void whenQueueIsExactlyFullThenNothingIsDropped(OverflowPolicy policy, int capacity) {
		hang(policy, capacity);
		List<Object> emitted = new ArrayList<>(List.of("first"));
		for (int i = 0; i < capacity; i++) {
			this.router.emit("event", i);
			emitted.add(i);
		}
		assertThat(Books.of(this.router, "lane").queued()).isEqualTo(capacity);
		assertThat(Books.of(this.router, "lane").droppedTotal()).isZero();
		release();
		assertThat(this.handled).isEqualTo(emitted);
	}

	@Test
	void whenPolicyIsLeftOpenThenNewestIsDropped() {
		try (TelemetryRouter plain = TelemetryRouter.builder().build()) {
			plain.subscribe(HandlerSpec.on("event").id("lane").async().handler((name, payload) -> {
			}).build());
			assertThat(plain.handlerSnapshot("lane").overflow()).isEqualTo(OverflowPolicy.DROP_NEWEST);
			assertThat(plain.snapshot().defaults().overflow()).isEqualTo(OverflowPolicy.DROP_NEWEST);
		}
	}

	@Test
	void whenQueueIsFullThenDropNewestDropsTheEventThatCame() {
		hang(OverflowPolicy.DROP_NEWEST, 2);
		emit(1, 2, 3, 4);
		assertDropped(2);
		release();
		assertThat(this.handled).containsExactly("first", 1, 2);
	}

	@Test
	void whenQueueIsFullThenDropOldestDropsTheEventThatWaitedLongest() {
		hang(OverflowPolicy.DROP_OLDEST, 2);
		emit(1, 2, 3, 4);
		assertDropped(2);
		release();
		assertThat(this.handled).containsExactly("first", 3, 4);
	}

	@Test
	void whenQueueStaysFullThenBlockDropsTheNewestAfterTheTimeout() {
		use(TelemetryRouter.builder().blockTimeout(Duration.ofMillis(2)));
		hang(OverflowPolicy.BLOCK, 2);
		emit(1, 2, 3, 4);
		assertDropped(2);
		release();
		assertThat(this.handled).containsExactly("first", 1, 2);
	}

	@Test
	void whenThereIsRoomInTimeThenBlockLosesNothing() throws Exception {
		hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		Thread emitter = blockedEmitter(() -> this.router.emit("event", 2));
		release();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(Books.total(Books.balanced(this.router)).droppedTotal()).isZero();
		assertThat(this.handled).containsExactly("first", 1, 2);
	}

	@Test
	void whenLaneTakesItsNextEventThenBlockedEmitterGoesOnEvenIfThatOneHangs() throws Exception {
		CountDownLatch second = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event")
			.id("lane")
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.BLOCK)
			.handler((name, payload) -> {
				this.begun.countDown();
				Books.pass(payload.equals(0) ? second : this.gate);
			})
			.build());
		emit(0);
		Books.pass(this.begun);
		emit(1);
		Thread emitter = blockedEmitter(() -> this.router.emit("event", 2));
		second.countDown();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(emitter.isAlive()).isFalse();
		assertDropped(0);
	}

	@RepeatedTest(5)
	@Tag("stress")
	void whenManyEmittersBlockThenAllGetThrough() throws Exception {
		int producers = 4;
		int events = 500;
		AtomicInteger count = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event")
			.async()
			.maxQueue(2)
			.overflow(OverflowPolicy.BLOCK)
			.handler((name, payload) -> count.incrementAndGet())
			.build());
		Parallel.run(producers, (number) -> {
			for (int i = 0; i < events; i++) {
				this.router.emit("event", i);
			}
		});
		Books.balanced(this.router);
		assertThat(count).hasValue(producers * events);
	}

	@Test
	void whenEmitterIsInterruptedAlreadyThenBlockDropsTheNewestAtOnce() {
		hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		Thread.currentThread().interrupt();
		this.router.emit("event", 2);
		assertThat(Thread.interrupted()).isTrue();
		assertDropped(1);
		release();
		assertThat(this.handled).containsExactly("first", 1);
	}

	@Test
	void whenEmitterIsInterruptedAndThereIsRoomThenBlockQueuesTheEvent() {
		hang(OverflowPolicy.BLOCK, 1);
		Thread.currentThread().interrupt();
		this.router.emit("event", 1);
		assertThat(Thread.interrupted()).isTrue();
		assertDropped(0);
	}

	@Test
	void whenBlockedEmitterIsInterruptedThenItDropsTheNewestAndStaysInterrupted() throws Exception {
		hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		Thread emitter = blockedEmitter(() -> {
			this.router.emit("event", 2);
			interrupted.set(Thread.currentThread().isInterrupted());
		});
		emitter.interrupt();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(interrupted).isTrue();
		assertDropped(1);
	}

	@Test
	void whenLaneEmitsToItselfThenBlockActsAsDropNewest() {
		AtomicReference<Object> last = new AtomicReference<>();
		this.router.subscribe(HandlerSpec.on("event")
			.id("lane")
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.BLOCK)
			.handler((name, payload) -> {
				if (payload.equals("first")) {
					emit(1, 2, 3);
				}
				last.set(payload);
			})
			.build());
		emit("first");
		Books.balanced(this.router);
		assertThat(last).hasValue(1);
		assertDropped(2);
	}

	@Test
	void whenOneLaneEmitsToAnotherThenBlockActsAsDropNewest() {
		hang(OverflowPolicy.BLOCK, 1);
		AtomicInteger relayed = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("outer").async().handler((name, payload) -> {
			emit(1, 2, 3);
			relayed.incrementAndGet();
		}).build());
		this.router.emit("outer", null);
		Books.eventually(() -> relayed.get() == 1);
		assertDropped(2);
	}

	@Test
	void whenLaneRunsOnAnotherExecutorsThreadThenBlockActsAsDropNewestThereToo() {
		use(TelemetryRouter.builder().blockTimeout(FOR_EVER).laneExecutor((task) -> new Thread(task).start()));
		hang(OverflowPolicy.BLOCK, 1);
		AtomicInteger relayed = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("outer").async().handler((name, payload) -> {
			emit(1, 2);
			relayed.incrementAndGet();
		}).build());
		this.router.emit("outer", null);
		Books.eventually(() -> relayed.get() == 1);
		assertDropped(1);
	}

	@Test
	void whenBlockedLaneIsUnsubscribedThenEmittersGoOn() throws Exception {
		Subscription subscription = hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		Thread emitter = blockedEmitter(() -> this.router.emit("event", 2));
		subscription.close();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(emitter.isAlive()).isFalse();
		release();
		assertThat(this.handled).containsExactly("first");
		HandlerAccount departed = this.router.snapshot().departed();
		assertThat(Books.dropped(departed, DropReason.UNSUBSCRIBED)).isEqualTo(2);
	}

	@Test
	void whenRouterClosesThenBlockedEmittersGoOn() throws Exception {
		use(TelemetryRouter.builder().blockTimeout(FOR_EVER).shutdownTimeout(Duration.ZERO));
		hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		Thread emitter = blockedEmitter(() -> this.router.emit("event", 2));
		this.router.close();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(emitter.isAlive()).isFalse();
		Books.eventually(() -> Books.of(this.router, "lane").isBalanced());
		assertThat(Books.of(this.router, "lane").offered()).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource(names = { "DROP_NEWEST", "DROP_OLDEST" })
	void whenLaneHangsThenEmitStillReturnsHoweverMuchIsEmitted(OverflowPolicy policy) {
		hang(policy, 10);
		for (int i = 0; i < 100_000; i++) {
			this.router.emit("event", i);
		}
		assertDropped(100_000 - 10);
	}

	@ParameterizedTest
	@EnumSource(names = { "DROP_NEWEST", "DROP_OLDEST" })
	void whenManyEmittersOverflowThenQueueIsFullToItsCapacityAndTheRestIsCounted(OverflowPolicy policy)
			throws Exception {
		hang(policy, 50);
		Parallel.run(4, (number) -> {
			for (int i = 0; i < 2000; i++) {
				this.router.emit("event", i);
			}
		});
		assertThat(Books.of(this.router, "lane").queued()).isEqualTo(50);
		assertDropped(4 * 2000 - 50);
		release();
		assertThat(this.handled).hasSize(51);
	}

	@Test
	void whenDropsBeginThenOneWarningAndWhenTheyEndOneLineWithTheCount() {
		try (CapturedLog log = this.log) {
			hang(OverflowPolicy.DROP_NEWEST, 2);
			emit(1, 2);
			assertThat(log.lines("'lane' ")).isEmpty();
			emit(3);
			assertThat(log.lines("The queue of handler 'lane' is full")).hasSize(1);
			assertThat(log.records("The queue of handler 'lane' is full").get(0).getLevel()).isEqualTo(Level.WARNING);
			for (int i = 0; i < 499; i++) {
				emit(i);
			}
			assertThat(log.lines("'lane' ")).hasSize(1);
			release();
			Books.eventually(() -> log.lines("'lane' ").size() == 2);
			assertThat(log.lines("'lane' has room in its queue again; 500 events were dropped")).hasSize(1);
		}
	}

	@Test
	void whenRouterClosesInTheMiddleOfABurstThenItsCountIsLoggedAllTheSame() {
		ManualTime time = new ManualTime();
		use(time.router().shutdownTimeout(Duration.ZERO));
		hang(OverflowPolicy.DROP_OLDEST, 2);
		try (CapturedLog log = this.log) {
			emit(1, 2, 3, 4, 5);
			this.router.close();
			assertThat(log.lines("The queue of handler 'lane' is full")).hasSize(1);
			assertThat(log.lines("3 events were dropped")).hasSize(1);
		}
	}

	@Test
	void whenTwoLanesOverflowThenEachIsReported() {
		try (CapturedLog log = this.log) {
			for (String id : List.of("one", "two")) {
				this.router.subscribe(HandlerSpec.on("event")
					.id(id)
					.async()
					.maxQueue(1)
					.handler((name, payload) -> Books.pass(this.gate))
					.build());
			}
			emit(1, 2, 3, 4);
			assertThat(log.lines("The queue of handler 'one' is full (1 event): new events are dropped")).hasSize(1);
			assertThat(log.lines("The queue of handler 'two' is full (1 event): new events are dropped")).hasSize(1);
		}
	}

	private Subscription hang(OverflowPolicy policy, int capacity) {
		Subscription subscription = this.router.subscribe(HandlerSpec.on("event")
			.id("lane")
			.async()
			.maxQueue(capacity)
			.overflow(policy)
			.handler((name, payload) -> {
				this.handled.add(payload);
				this.begun.countDown();
				Books.pass(this.gate);
			})
			.build());
		emit("first");
		Books.pass(this.begun);
		return subscription;
	}

	private Thread blockedEmitter(Runnable emit) {
		Thread emitter = new Thread(emit);
		emitter.start();
		Books.eventually(() -> emitter.getState() == Thread.State.TIMED_WAITING);
		return emitter;
	}

	private void emit(Object... payloads) {
		for (Object payload : payloads) {
			this.router.emit("event", payload);
		}
	}

	private void assertDropped(long count) {
		// An event that a worker has just taken is neither queued nor running for a
		// moment.
		Books.eventually(() -> Books.of(this.router, "lane").isBalanced());
		HandlerAccount account = Books.of(this.router, "lane");
		Map<DropReason, Long> dropped = account.dropped();
		assertThat(dropped.get(DropReason.QUEUE_FULL)).isEqualTo(count);
		assertThat(account.droppedTotal()).isEqualTo(count);
	}

	private void release() {
		this.gate.countDown();
		Books.balanced(this.router);
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

}
