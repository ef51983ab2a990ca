package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 6: every lost event is counted.
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
		assertThat(this.router.snapshot().retired()).isEqualTo(account);
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
		Parallel.run(PRODUCERS, (number) -> {
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

	@Test
	void whenRouterClosesWhileAnEmitIsOnItsWayThenItsEventCountsAsClosed() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		SlowCarrier carrier = new SlowCarrier(begun, gate, ConcurrentHashMap.newKeySet());
		use(TelemetryRouter.builder().contextCarrier(carrier).shutdownTimeout(Duration.ofMillis(100)));
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
		assertThat(carrier.threads).as("threads that a carrier can hold up").containsExactly(emitter);
		assertThat(Books.dropped(Books.of(this.router, "lane"), DropReason.CLOSED)).isOne();
		Books.balanced(this.router);
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

	private record SlowCarrier(CountDownLatch begun, CountDownLatch gate,
			Set<Thread> threads) implements ContextCarrier {

		@Override
		public Object capture() {
			this.threads.add(Thread.currentThread());
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

}
