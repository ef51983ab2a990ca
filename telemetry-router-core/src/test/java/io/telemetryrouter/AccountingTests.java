package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 6: nothing is lost uncounted.
 */
class AccountingTests {

	private static final int PRODUCERS = 4;

	private final CapturedLog log = new CapturedLog();

	private TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenCallsEndInEveryWayThenHandledIsWhatReturnedWithinACallAndAfterLeaving(boolean measured) {
		use(TelemetryRouter.builder().measureLatency(measured));
		AtomicReference<HandlerAccount> within = new AtomicReference<>();
		Subscription subscription = this.router.subscribe(HandlerSpec.on("x")
			.id("h")
			.condition((event) -> !"filter".equals(event.payload()))
			.handler((event, payload) -> {
				if ("fail".equals(payload)) {
					throw new IllegalStateException("expected");
				}
				if ("look".equals(payload)) {
					within.set(Books.of(this.router, "h"));
				}
			})
			.build());
		emit("return", 5);
		emit("filter", 3);
		emit("fail", 2);
		this.router.pause("h");
		emit("drop", 4);
		this.router.resume("h");
		emit("look", 1);
		assertThat(within.get()).isEqualTo(new HandlerAccount(15, 5, 2, 3, Map.of(DropReason.PAUSED, 4L), 0, 1));
		HandlerAccount account = new HandlerAccount(15, 6, 2, 3, Map.of(DropReason.PAUSED, 4L), 0, 0);
		assertThat(Books.of(this.router, "h")).isEqualTo(account);
		subscription.close();
		assertThat(this.router.snapshot().departed()).isEqualTo(account);
	}

	private void emit(String payload, int times) {
		for (int i = 0; i < times; i++) {
			this.router.emit("x", payload);
		}
	}

	@Test
	void whenAccountsAreAddedThenEachNumberIsTheSum() {
		HandlerAccount one = new HandlerAccount(100, 1, 2, 3, Map.of(DropReason.CLOSED, 4L, DropReason.PAUSED, 5L), 6,
				79);
		HandlerAccount other = new HandlerAccount(200, 10, 20, 30, Map.of(DropReason.PAUSED, 50L), 60, 30);
		HandlerAccount sum = one.plus(other);
		assertThat(sum).isEqualTo(
				new HandlerAccount(300, 11, 22, 33, Map.of(DropReason.CLOSED, 4L, DropReason.PAUSED, 55L), 66, 109));
		assertThat(sum.droppedTotal()).isEqualTo(59);
		assertThat(sum.isBalanced()).isTrue();
		assertThat(sum.plus(new HandlerAccount(0, 0, 0, 0, Map.of(), 0, 1)).isBalanced()).isFalse();
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4 })
	@Tag("stress")
	void whenManyThreadsEmitToAllKindsOfHandlersThenEveryAccountBalancesToTheEvent(long seed) throws Exception {
		Workload workload = new Workload(seed, 1000);
		use(workload.router(TelemetryRouter.builder()));
		workload.run(this.router);
		RouterSnapshot snapshot = Books.balanced(this.router);
		workload.verify(snapshot);
	}

	@ParameterizedTest
	@ValueSource(longs = { 11, 12, 13, 14 })
	@Tag("stress")
	void whenRouterClosesInTheMiddleThenEveryAccountBalancesToTheEvent(long seed) throws Exception {
		Workload workload = new Workload(seed, 1000);
		use(workload.router(TelemetryRouter.builder().shutdownTimeout(Duration.ofMillis((seed % 2) * 20))));
		workload.closeAt(new Random(seed).nextInt(PRODUCERS * 900));
		workload.run(this.router);
		this.router.close();
		RouterSnapshot snapshot = Books.quiet(this.router);
		assertThat(snapshot.handlers().values())
			.allSatisfy((handler) -> assertThat(handler.account().isBalanced()).as("%s", handler.account()).isTrue());
		workload.verify(snapshot);
		assertThat(Books.dropped(Books.total(snapshot), DropReason.CLOSED)).isPositive();
	}

	@ParameterizedTest
	@EnumSource
	void whenPolicyDropsThenOfferedIsWhatWasEmittedAndHandledIsWhatWasCalled(OverflowPolicy policy) throws Exception {
		use(TelemetryRouter.builder().blockTimeout(Duration.ofNanos(1)));
		LongAdder calls = new LongAdder();
		this.router.subscribe(new MemoryRecorder().sync());
		this.router.subscribe(HandlerSpec.on("event")
			.id("lane")
			.async()
			.maxQueue(4)
			.overflow(policy)
			.handler((name, payload) -> calls.increment())
			.build());
		LaneTests.inParallel(PRODUCERS, (number) -> {
			for (int i = 0; i < 5000; i++) {
				this.router.emit("event", i);
			}
		});
		Books.balanced(this.router);
		HandlerAccount account = Books.of(this.router, "lane");
		assertThat(account.offered()).isEqualTo(PRODUCERS * 5000L);
		assertThat(account.handled()).isEqualTo(calls.sum());
		assertThat(Books.dropped(account, DropReason.QUEUE_FULL)).isEqualTo(account.offered() - calls.sum());
		assertThat(this.router.eventSnapshot("event").emitted()).isEqualTo(PRODUCERS * 5000L);
	}

	@Test
	void whenEventsAreOnTheirWayThenTheyCountAsQueuedAndRunning() throws Exception {
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch begun = new CountDownLatch(3);
		for (HandlerMode mode : HandlerMode.values()) {
			this.router.subscribe(HandlerSpec.on(mode.name())
				.id(mode.name())
				.mode(mode)
				.concurrency((mode == HandlerMode.ASYNC) ? 2 : 1)
				.handler((name, payload) -> {
					begun.countDown();
					Books.pass(gate);
				})
				.build());
		}
		for (int i = 0; i < 5; i++) {
			this.router.emit("ASYNC", i);
		}
		Thread emitter = new Thread(() -> this.router.emit("SYNC", null));
		emitter.start();
		Books.pass(begun);
		HandlerAccount async = Books.of(this.router, "ASYNC");
		assertThat(async.running()).isEqualTo(2);
		assertThat(async.queued()).isEqualTo(3);
		assertThat(async.isBalanced()).isTrue();
		HandlerAccount sync = Books.of(this.router, "SYNC");
		assertThat(sync.running()).isOne();
		assertThat(sync.isBalanced()).isTrue();
		gate.countDown();
		emitter.join(Books.LIMIT.toMillis());
		Books.balanced(this.router);
		assertThat(Books.of(this.router, "ASYNC").handled()).isEqualTo(5);
	}

	@Test
	void whenHandlerRecursesThenEachOfItsCallsCountsAsRunning() {
		List<HandlerAccount> seen = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("event").id("recursive").handler((name, payload) -> {
			int depth = (Integer) payload;
			if (depth < 10) {
				this.router.emit("event", depth + 1);
			}
			else {
				seen.add(Books.of(this.router, "recursive"));
			}
		}).build());
		this.router.emit("event", 1);
		assertThat(seen).singleElement().satisfies((account) -> {
			assertThat(account.running()).isEqualTo(10);
			assertThat(account.isBalanced()).isTrue();
		});
		assertThat(Books.of(this.router, "recursive").handled()).isEqualTo(10);
	}

	@Test
	void whenEventsAreDroppedThenTheReasonTellsWhy() {
		use(TelemetryRouter.builder().maxDepth(1));
		HandlerSpec<String> typed = HandlerSpec.on("event")
			.id("typed")
			.payloadType(String.class)
			.handler((name, payload) -> this.router.emit("event", payload))
			.build();
		this.router.subscribe(typed);
		this.router.emit("event", 1);
		this.router.emit("event", "recursion");
		assertThat(Books.of(this.router, "typed")).satisfies((account) -> {
			assertThat(account.offered()).isEqualTo(3);
			assertThat(account.handled()).isOne();
			assertThat(Books.dropped(account, DropReason.TYPE_MISMATCH)).isOne();
			assertThat(Books.dropped(account, DropReason.RECURSION)).isOne();
		});
		this.router.close();
		this.router.emit("event", "late");
		assertThat(Books.dropped(Books.of(this.router, "typed"), DropReason.CLOSED)).isOne();
		assertThat(Books.of(this.router, "typed").isBalanced()).isTrue();
	}

	@Test
	void whenAccountIsReadThenEveryReasonHasItsCount() {
		this.router.subscribe(HandlerSpec.on("event").id("any").handler((name, payload) -> {
		}).build());
		assertThat(Books.of(this.router, "any").dropped()).containsOnlyKeys(DropReason.values());
		assertThat(DropReason.values()).extracting(DropReason::label)
			.containsExactly("queue_full", "type_mismatch", "closed", "shutdown_timeout", "unsubscribed", "recursion",
					"quarantined", "paused", "condition_failed", "not_started", "not_journalled");
	}

	@Test
	void whenShutdownTimesOutThenWhatIsQueuedCountsSo() {
		use(TelemetryRouter.builder().shutdownTimeout(Duration.ZERO));
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch never = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event").id("hung").async().handler((name, payload) -> {
			begun.countDown();
			never.await();
		}).build());
		for (int i = 0; i < 5; i++) {
			this.router.emit("event", i);
		}
		Books.pass(begun);
		this.router.close();
		// Closing interrupts the call that hangs.
		Books.eventually(() -> Books.of(this.router, "hung").failed() == 1);
		assertThat(Books.dropped(Books.of(this.router, "hung"), DropReason.SHUTDOWN_TIMEOUT)).isEqualTo(4);
		assertThat(Books.of(this.router, "hung").isBalanced()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlerLeavesWhileAnEmitIsOnItsWayToItThenTheEventIsNotCountedTwice(boolean measured) throws Exception {
		use(TelemetryRouter.builder().measureLatency(measured));
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event").priority(-1).handler((name, payload) -> {
			begun.countDown();
			Books.pass(gate);
		}).build());
		Subscription leaving = this.router.subscribe("event", (name, payload) -> {
		});
		this.router.subscribe(HandlerSpec.on("event").priority(1).id("last").handler((name, payload) -> {
		}).build());
		Thread emitter = new Thread(() -> this.router.emit("event", null));
		emitter.start();
		Books.pass(begun);
		leaving.close();
		// Closes the books of handlers that have left, if they seem to balance.
		this.router.snapshot();
		gate.countDown();
		emitter.join(Books.LIMIT.toMillis());
		HandlerAccount departed = Books.balanced(this.router).departed();
		assertThat(departed.offered()).isOne();
		assertThat(departed.handled()).isZero();
		assertThat(Books.dropped(departed, DropReason.UNSUBSCRIBED)).isOne();
	}

	@Test
	void whenRouterClosesWhileAnEmitIsOnItsWayThenItsEventCountsAsClosed() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		use(TelemetryRouter.builder().contextCarrier(new SlowCarrier(begun, gate)));
		this.router.subscribe(HandlerSpec.on("event").id("lane").async().handler((name, payload) -> {
		}).build());
		AtomicReference<@Nullable EmitOutcome> outcome = new AtomicReference<>();
		Thread emitter = new Thread(() -> outcome.set(this.router.emitAsync("event", null).join()));
		emitter.start();
		Books.pass(begun);
		this.router.close();
		gate.countDown();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(outcome).hasValue(new EmitOutcome(0, 0, 0, 1));
		assertThat(Books.dropped(Books.of(this.router, "lane"), DropReason.CLOSED)).isOne();
		Books.balanced(this.router);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlerLeavesDuringItsCallThenTheCallIsCounted(boolean measured) throws Exception {
		use(TelemetryRouter.builder().measureLatency(measured));
		CountDownLatch begun = new CountDownLatch(2);
		CountDownLatch gate = new CountDownLatch(1);
		List<Subscription> leaving = new ArrayList<>();
		for (HandlerMode mode : HandlerMode.values()) {
			leaving.add(this.router.subscribe(HandlerSpec.on("event").mode(mode).handler((name, payload) -> {
				begun.countDown();
				Books.pass(gate);
			}).build()));
		}
		Thread emitter = new Thread(() -> this.router.emit("event", null));
		emitter.start();
		Books.pass(begun);
		leaving.forEach(Subscription::close);
		HandlerAccount running = this.router.snapshot().departed();
		assertThat(running.running()).isEqualTo(2);
		assertThat(running.isBalanced()).isTrue();
		gate.countDown();
		emitter.join(Books.LIMIT.toMillis());
		Books.eventually(() -> this.router.snapshot().departed().handled() == 2);
		assertThat(Books.balanced(this.router).departed().offered()).isEqualTo(2);
	}

	@RepeatedTest(6)
	void whenHandlersComeAndGoWhileOthersReadThenNoDepartedEventIsLost() throws Exception {
		use(TelemetryRouter.builder().measureLatency(ThreadedCoin.next()));
		LongAdder calls = new LongAdder();
		LongAdder emits = new LongAdder();
		this.router.subscribe(HandlerSpec.on("event").id("constant").handler((name, payload) -> {
		}).build());
		AtomicInteger running = new AtomicInteger(2);
		LaneTests.inParallel(PRODUCERS, (number) -> {
			if (number < 2) {
				for (int i = 0; i < 2500; i++) {
					this.router.emit("event", i);
					emits.increment();
				}
				running.decrementAndGet();
			}
			else {
				while (running.get() > 0) {
					HandlerSpec.Builder<Object> spec = HandlerSpec.on("event");
					if (number == 3) {
						spec.once();
					}
					Subscription subscription = this.router
						.subscribe(spec.handler((name, payload) -> calls.increment()).build());
					this.router.snapshot();
					subscription.close();
					this.router.snapshot();
				}
			}
		});
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(Books.of(this.router, "constant").offered()).isEqualTo(emits.sum());
		assertThat(Books.of(this.router, "constant").handled()).isEqualTo(emits.sum());
		assertThat(snapshot.departed().handled()).isEqualTo(calls.sum());
	}

	@Test
	void whenAccountsAreReadWhileEventsFlowThenNothingIsCountedBeforeItWasOffered() throws Exception {
		this.router.subscribe(HandlerSpec.on("event")
			.id("sync")
			.condition((event) -> event.payload().equals(1))
			.handler((name, payload) -> {
			})
			.build());
		this.router.subscribe(HandlerSpec.on("event").id("lane").async().maxQueue(4).handler((name, payload) -> {
		}).build());
		AtomicReference<@Nullable HandlerAccount> wrong = new AtomicReference<>();
		AtomicBoolean done = new AtomicBoolean();
		LaneTests.inParallel(3, (number) -> {
			if (number == 0) {
				while (!done.get()) {
					for (String id : List.of("sync", "lane")) {
						HandlerAccount account = Books.of(this.router, id);
						if (account.handled() + account.failed() + account.filtered() + account.droppedTotal() > account
							.offered()) {
							wrong.set(account);
						}
					}
				}
			}
			else {
				for (int i = 0; i < 20_000; i++) {
					this.router.emit("event", i % 2);
				}
				done.set(true);
			}
		});
		assertThat(wrong).hasValue(null);
		Books.balanced(this.router);
	}

	/**
	 * Routes that are replaced after long use, while threads are on their way.
	 */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlersComeAndGoInAStreamOfEventsThenEachEventIsCountedOnce(boolean measured) throws Exception {
		use(TelemetryRouter.builder().measureLatency(measured));
		LongAdder emitted = new LongAdder();
		LongAdder passed = new LongAdder();
		this.router.subscribe(HandlerSpec.on("x").id("stays").handler((event, payload) -> {
		}).build());
		AtomicBoolean emitting = new AtomicBoolean(true);
		List<Thread> emitters = new ArrayList<>();
		for (int i = 0; i < PRODUCERS; i++) {
			Thread emitter = new Thread(() -> {
				while (emitting.get()) {
					this.router.emit("x", null);
					emitted.increment();
				}
			});
			emitter.start();
			emitters.add(emitter);
		}
		for (int i = 0; i < 20; i++) {
			long before = emitted.sum();
			Subscription subscription = this.router.subscribe("x", (event, payload) -> passed.increment());
			Books.eventually(() -> emitted.sum() > before + 30_000);
			subscription.close();
		}
		emitting.set(false);
		for (Thread emitter : emitters) {
			emitter.join();
		}
		RouterSnapshot snapshot = Books.balanced(this.router);
		HandlerAccount all = new HandlerAccount(emitted.sum(), emitted.sum(), 0, 0, Map.of(), 0, 0);
		assertThat(snapshot.handlers().get("stays").account()).isEqualTo(all);
		assertThat(snapshot.events().get("x").emitted()).isEqualTo(emitted.sum());
		assertThat(snapshot.departed().handled()).isEqualTo(passed.sum());
	}

	@Test
	void whenNamesAreBeyondTheLimitThenTheirEventsAreOfferedAndCountedAllTheSame() {
		use(TelemetryRouter.builder().maxEventNames(3));
		this.router.subscribe(HandlerSpec.on("**").id("all").handler((name, payload) -> {
		}).build());
		for (int i = 0; i < 100; i++) {
			this.router.emit("event" + (i % 10), null);
		}
		assertThat(Books.of(this.router, "all").offered()).isEqualTo(100);
		assertThat(Books.of(this.router, "all").handled()).isEqualTo(100);
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(snapshot.events()).hasSize(4);
		assertThat(snapshot.events().get(RouterSnapshot.OTHER_EVENTS).emitted()).isEqualTo(70);
		assertThat(snapshot.events().values().stream().mapToLong(EventSnapshot::emitted).sum()).isEqualTo(100);
	}

	@Test
	void whenHeldEventsExceedTheLimitThenTheRestIsCountedAtEachHandler() {
		use(TelemetryRouter.builder().holdEvents(3));
		this.router.subscribe(HandlerSpec.on("a").id("a").handler((name, payload) -> {
		}).build());
		this.router.subscribe(HandlerSpec.on("**").id("all").async().handler((name, payload) -> {
		}).build());
		for (String name : List.of("a", "b", "a", "a", "b")) {
			this.router.emit(name, null);
		}
		assertThat(this.router.snapshot().held()).isEqualTo(3);
		this.router.start();
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(snapshot.held()).isZero();
		assertThat(snapshot.handlers().get("a").account().handled()).isEqualTo(2);
		assertThat(Books.dropped(snapshot.handlers().get("a").account(), DropReason.NOT_STARTED)).isOne();
		assertThat(snapshot.handlers().get("all").account().handled()).isEqualTo(3);
		assertThat(Books.dropped(snapshot.handlers().get("all").account(), DropReason.NOT_STARTED)).isEqualTo(2);
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	private record SlowCarrier(CountDownLatch begun, CountDownLatch gate) implements ContextCarrier {

		@Override
		public Object capture() {
			this.begun.countDown();
			Books.pass(this.gate);
			return "context";
		}

		@Override
		public Scope restore(Object context) {
			return () -> {
			};
		}

	}

	private static final class ThreadedCoin {

		private static final AtomicInteger tosses = new AtomicInteger();

		private ThreadedCoin() {
		}

		private static boolean next() {
			return tosses.incrementAndGet() % 2 == 0;
		}

	}

	/**
	 * Several producers, handlers of every kind with small queues, and a thread that
	 * subscribes and unsubscribes. Everything that is random follows from the seed.
	 */
	private static final class Workload {

		private final long seed;

		private final int events;

		private final boolean measured;

		/** Emits of the name that the fixed handlers listen to. */
		private final AtomicLong emitted = new AtomicLong();

		private final LongAdder returned = new LongAdder();

		private final LongAdder threw = new LongAdder();

		private final LongAdder rejected = new LongAdder();

		private final LongAdder onceCalls = new LongAdder();

		private final Phaser churn = new Phaser(PRODUCERS);

		private int fixed;

		private int onces;

		private long closeAt = Long.MAX_VALUE;

		private final AtomicBoolean closed = new AtomicBoolean();

		Workload(long seed, int events) {
			this.seed = seed;
			this.events = events;
			this.measured = seed % 2 == 0;
		}

		private void closeAt(long count) {
			this.closeAt = count;
		}

		private TelemetryRouterBuilder router(TelemetryRouterBuilder builder) {
			return builder.measureLatency(this.measured)
				.blockTimeout(Duration.ofNanos(1000))
				.maxHandlerQueue(1 + (int) (this.seed % 5));
		}

		private void run(TelemetryRouter router) throws Exception {
			for (OverflowPolicy policy : EnumSet.complementOf(EnumSet.of(OverflowPolicy.SPILL))) {
				for (int concurrency = 1; concurrency <= 2; concurrency++) {
					subscribe(router, HandlerSpec.on("event").async().overflow(policy).concurrency(concurrency));
				}
			}
			subscribe(router, HandlerSpec.on("event"));
			subscribe(router, HandlerSpec.on("**"));
			subscribe(router, HandlerSpec.on("event").condition(this::isEven));
			subscribe(router, HandlerSpec.on("event").async().condition(this::isEven));
			router.subscribe(HandlerSpec.on("event").payloadType(String.class).handler((name, payload) -> {
			}).build());
			router.subscribe(
					HandlerSpec.onPayload(Integer.class).async().handler((name, payload) -> count(payload)).build());
			this.fixed += 2;
			for (int i = 0; i < 20; i++) {
				HandlerSpec.Builder<Object> once = HandlerSpec.on("event");
				router.subscribe(((i % 2 == 0) ? once : once.async()).times(1 + i % 3)
					.handler((name, payload) -> this.onceCalls.increment())
					.build());
				this.onces++;
			}
			LaneTests.inParallel(PRODUCERS + 1, (number) -> {
				if (number == PRODUCERS) {
					churn(router);
				}
				else {
					produce(router, number);
				}
			});
		}

		private void subscribe(TelemetryRouter router, HandlerSpec.Builder<Object> spec) {
			router.subscribe(spec.handler((name, payload) -> count(payload)).build());
			this.fixed++;
		}

		private boolean isEven(TelemetryEvent<Object> event) {
			boolean even = (Integer) event.payload() % 2 == 0;
			if (!even) {
				this.rejected.increment();
			}
			return even;
		}

		private void count(Object payload) throws Exception {
			int value = (Integer) payload;
			if (value % 17 == 0) {
				// Slow, without sleeping.
				for (int i = 0; i < 2000; i++) {
					Thread.onSpinWait();
				}
			}
			if (value % 7 == 0) {
				this.threw.increment();
				throw new Exception("seven");
			}
			this.returned.increment();
		}

		private void produce(TelemetryRouter router, int number) {
			SplittableRandom random = new SplittableRandom(this.seed * 31 + number);
			for (int i = 0; i < this.events; i++) {
				int value = random.nextInt(1000);
				if (value % 50 == 0) {
					router.emitAsync("event", value);
				}
				else {
					router.emit("event", value);
				}
				if (this.emitted.incrementAndGet() >= this.closeAt && this.closed.compareAndSet(false, true)) {
					router.close();
				}
				if (value % 100 == 0) {
					router.snapshot();
				}
			}
			this.churn.arriveAndDeregister();
		}

		private void churn(TelemetryRouter router) {
			while (!this.churn.isTerminated() && !this.closed.get()) {
				try {
					Subscription sync = router.subscribe("event", (name, payload) -> count(payload));
					Subscription async = router
						.subscribe(HandlerSpec.on("event").async().handler((name, payload) -> count(payload)).build());
					router.handlerSnapshot(sync.handlerId());
					async.close();
					sync.close();
				}
				catch (IllegalStateException ex) {
					// Closed meanwhile.
					return;
				}
			}
		}

		private void verify(RouterSnapshot snapshot) {
			assertThat(this.emitted).hasValue((long) PRODUCERS * this.events);
			long constant = snapshot.handlers().values().stream().filter((handler) -> handler.times() == 0).count();
			assertThat(constant).isGreaterThanOrEqualTo(this.fixed);
			long offered = snapshot.handlers()
				.values()
				.stream()
				.filter((handler) -> handler.times() == 0)
				.limit(this.fixed)
				.mapToLong((handler) -> handler.account().offered())
				.sum();
			assertThat(offered).isEqualTo(this.fixed * this.emitted.get());
			assertThat(snapshot.events().get("event").emitted()).isEqualTo(this.emitted.get());
			HandlerAccount total = Books.total(snapshot);
			assertThat(total.isBalanced()).as("%s", total).isTrue();
			// A call that outlives the close is failed, whatever it does later.
			Books.eventually(() -> total.handled() + total.failed() == this.returned.sum() + this.onceCalls.sum()
					+ this.threw.sum());
			assertThat(total.failed() - this.threw.sum()).isBetween(0L,
					(this.closeAt == Long.MAX_VALUE) ? 0L : snapshot.handlers().size());
			assertThat(total.filtered()).isEqualTo(this.rejected.sum());
			if (this.closeAt == Long.MAX_VALUE) {
				assertThat(Books.dropped(total, DropReason.TYPE_MISMATCH)).isEqualTo(this.emitted.get());
				assertThat(snapshot.handlers().values()).noneMatch(HandlerSnapshot::isOnce);
			}
		}

	}

}
