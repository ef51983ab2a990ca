package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 7: a once handler is called exactly once.
 */
class OnceHandlerTests {

	private static final int THREADS = 4;

	private final CapturedLog log = new CapturedLog();

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final AtomicInteger calls = new AtomicInteger();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@Test
	void whenOnceHandlerHadItsEventThenItIsGone() {
		Subscription subscription = this.router.subscribeOnce("event", (name, payload) -> this.calls.incrementAndGet());
		assertThat(subscription.isActive()).isTrue();
		assertThat(this.router.handlerSnapshot(subscription.handlerId()).isOnce()).isTrue();
		this.router.emit("event", 1);
		this.router.emit("event", 2);
		assertThat(this.calls).hasValue(1);
		assertThat(subscription.isActive()).isFalse();
		assertThat(this.router.handlerSnapshot(subscription.handlerId())).isNull();
		assertThat(this.router.hasHandlers("event")).isFalse();
		assertThat(Books.balanced(this.router).retired().handled()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenManyThreadsEmitAtOnceThenExactlyOneDelivers(HandlerMode mode) throws Exception {
		for (int round = 0; round < 100; round++) {
			this.router.subscribe(HandlerSpec.on("event")
				.mode(mode)
				.once()
				.handler((name, payload) -> this.calls.incrementAndGet())
				.build());
			if (round % 10 == 0) {
				Parallel.run(THREADS, (number) -> this.router.emit("event", number));
			}
			else {
				this.router.emit("event", round);
			}
		}
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(this.calls).hasValue(100);
		assertThat(snapshot.retired().handled()).isEqualTo(100);
		assertThat(snapshot.handlers()).isEmpty();
	}

	@ParameterizedTest
	@EnumSource
	@Tag("stress")
	void whenTwoThreadsClaimAtTheSameMomentThenExactlyOneDelivers(HandlerMode mode) throws Exception {
		int rounds = 400;
		AtomicInteger round = new AtomicInteger();
		Parallel.run(2, (number) -> {
			for (int i = 0; i < rounds; i++) {
				if (number == 0) {
					AtomicInteger arrived = new AtomicInteger();
					// The condition runs right before the claim, and no thread claims
					// until both have arrived.
					this.router.subscribe(HandlerSpec.on("event").mode(mode).once().condition((event) -> {
						arrived.incrementAndGet();
						spinUntil(arrived, 2);
						return true;
					}).handler((name, payload) -> this.calls.incrementAndGet()).build());
					round.incrementAndGet();
				}
				spinUntil(round, i + 1);
				this.router.emit("event", i);
			}
		});
		HandlerAccount retired = Books.balanced(this.router).retired();
		assertThat(this.calls).hasValue(rounds);
		assertThat(retired.handled()).isEqualTo(rounds);
	}

	private static void spinUntil(AtomicInteger value, int expected) {
		for (int i = 0; value.get() < expected; i++) {
			if (i < 1000) {
				Thread.onSpinWait();
			}
			else {
				Thread.yield();
			}
		}
	}

	@RepeatedTest(5)
	void whenManyOnceHandlersMeetManyEmittersThenEachIsCalledOnce() throws Exception {
		int handlers = 200;
		AtomicInteger[] counts = new AtomicInteger[handlers];
		for (int i = 0; i < handlers; i++) {
			AtomicInteger count = new AtomicInteger();
			counts[i] = count;
			HandlerSpec.Builder<Object> spec = HandlerSpec.on("event").once();
			this.router.subscribe(
					((i % 2 == 0) ? spec : spec.async()).handler((name, payload) -> count.incrementAndGet()).build());
		}
		Parallel.run(THREADS, (number) -> {
			for (int i = 0; i < 20; i++) {
				this.router.emit("event", i);
			}
		});
		HandlerAccount retired = Books.balanced(this.router).retired();
		assertThat(counts).allSatisfy((count) -> assertThat(count).hasValue(1));
		assertThat(retired.handled()).isEqualTo(handlers);
		assertThat(retired.offered()).isEqualTo(handlers + Books.dropped(retired, DropReason.UNSUBSCRIBED));
	}

	@ParameterizedTest
	@EnumSource
	void whenTimesIsGivenThenExactlyThatManyAreDelivered(HandlerMode mode) throws Exception {
		Set<Object> received = ConcurrentHashMap.newKeySet();
		this.router.subscribe(HandlerSpec.on("event").mode(mode).times(50).handler((name, payload) -> {
			received.add(payload);
			this.calls.incrementAndGet();
		}).build());
		Parallel.run(THREADS, (number) -> {
			for (int i = 0; i < 100; i++) {
				this.router.emit("event", number * 100 + i);
			}
		});
		Books.balanced(this.router);
		assertThat(this.calls).hasValue(50);
		assertThat(received).hasSize(50);
	}

	@ParameterizedTest
	@EnumSource
	void whenOnceHandlerEmitsItsOwnEventThenItIsNotCalledAgain(HandlerMode mode) {
		this.router.subscribe(HandlerSpec.on("event").mode(mode).once().handler((name, payload) -> {
			this.calls.incrementAndGet();
			this.router.emit("event", payload);
		}).build());
		this.router.emit("event", null);
		Books.balanced(this.router);
		assertThat(this.calls).hasValue(1);
	}

	@Test
	void whenAnEarlierHandlerEmitsTheSameEventThenOnceHandlerGetsTheInnerOneOnly() {
		List<Object> received = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("event").priority(-1).handler((name, payload) -> {
			if (payload.equals("outer")) {
				this.router.emit("event", "inner");
			}
		}).build());
		this.router.subscribeOnce("event", (name, payload) -> received.add(payload));
		this.router.emit("event", "outer");
		assertThat(received).containsExactly("inner");
		HandlerAccount retired = Books.balanced(this.router).retired();
		assertThat(retired.offered()).isEqualTo(2);
		assertThat(Books.dropped(retired, DropReason.UNSUBSCRIBED)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenOnceHandlerFailsThenItIsConsumedAllTheSame(HandlerMode mode) {
		Subscription subscription = this.router
			.subscribe(HandlerSpec.on("event").mode(mode).once().handler((name, payload) -> {
				this.calls.incrementAndGet();
				throw new Exception("bad");
			}).build());
		this.router.emit("event", 1);
		this.router.emit("event", 2);
		HandlerAccount retired = Books.balanced(this.router).retired();
		assertThat(this.calls).hasValue(1);
		assertThat(subscription.isActive()).isFalse();
		assertThat(retired.failed()).isOne();
	}

	@Test
	void whenTimesHandlerFailsThenEachFailureCounts() {
		this.router.subscribe(HandlerSpec.on("event").times(3).handler((name, payload) -> {
			this.calls.incrementAndGet();
			throw new Exception("bad");
		}).build());
		for (int i = 0; i < 5; i++) {
			this.router.emit("event", i);
		}
		assertThat(this.calls).hasValue(3);
		assertThat(Books.balanced(this.router).retired().failed()).isEqualTo(3);
	}

	@ParameterizedTest
	@EnumSource
	void whenConditionOrTypeRejectsThenOnceHandlerIsNotConsumed(HandlerMode mode) {
		List<Object> received = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("event")
			.payloadType(Integer.class)
			.mode(mode)
			.once()
			.condition((event) -> event.payload() > 1)
			.handler((name, payload) -> received.add(payload))
			.build());
		this.router.emit("event", "text");
		this.router.emit("event", 1);
		this.router.emit("event", 2);
		this.router.emit("event", 3);
		HandlerAccount retired = Books.balanced(this.router).retired();
		assertThat(received).containsExactly(2);
		assertThat(retired.filtered()).isOne();
		assertThat(Books.dropped(retired, DropReason.TYPE_MISMATCH)).isOne();
	}

	@Test
	void whenAsyncOnceHandlerWasClaimedBehindAHungExecutorThenItStillRuns() {
		CountDownLatch gate = new CountDownLatch(1);
		try (TelemetryRouter delayed = TelemetryRouter.builder().laneExecutor((task) -> new Thread(() -> {
			Books.pass(gate);
			task.run();
		}).start()).build()) {
			Subscription subscription = delayed.subscribe(HandlerSpec.on("event")
				.async()
				.once()
				.handler((name, payload) -> this.calls.incrementAndGet())
				.build());
			delayed.emit("event", 1);
			assertThat(subscription.isActive()).isFalse();
			assertThat(delayed.snapshot().retired().queued()).isOne();
			assertThat(delayed.snapshot().retired().isBalanced()).isTrue();
			gate.countDown();
			Books.balanced(delayed);
			assertThat(this.calls).hasValue(1);
		}
	}

	@Test
	void whenRouterClosesThenClaimedAsyncOnceHandlerRunsFirst() {
		CountDownLatch gate = new CountDownLatch(1);
		CountDownLatch begun = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event").async().times(2).handler((name, payload) -> {
			begun.countDown();
			Books.pass(gate);
			this.calls.incrementAndGet();
		}).build());
		this.router.emit("event", 1);
		this.router.emit("event", 2);
		Books.pass(begun);
		gate.countDown();
		this.router.close();
		assertThat(this.calls).hasValue(2);
	}

	@Test
	void whenOnceHandlerIsClosedBeforeItsEventThenItIsNeverCalled() {
		Subscription subscription = this.router.subscribeOnce("event", (name, payload) -> this.calls.incrementAndGet());
		subscription.close();
		this.router.emit("event", 1);
		assertThat(this.calls).hasValue(0);
		assertThat(Books.balanced(this.router).retired().offered()).isZero();
	}

	@Test
	void whenOnceHandlerClosesItselfThenItsCallIsCounted() {
		List<Subscription> self = new ArrayList<>();
		self.add(this.router.subscribe(HandlerSpec.on("event").async().once().handler((name, payload) -> {
			this.calls.incrementAndGet();
			self.get(0).close();
		}).build()));
		this.router.emit("event", 1);
		assertThat(Books.balanced(this.router).retired().handled()).isOne();
	}

	@Test
	void whenOnceHandlerSubscribesItselfAgainThenItGetsTheNextEventToo() {
		List<Object> received = new ArrayList<>();
		subscribeAgain(received);
		for (int i = 0; i < 5; i++) {
			this.router.emit("event", i);
		}
		assertThat(received).containsExactly(0, 1, 2, 3, 4);
	}

	private void subscribeAgain(List<Object> received) {
		this.router.subscribe(HandlerSpec.on("event").id("again").once().handler((name, payload) -> {
			received.add(payload);
			subscribeAgain(received);
		}).build());
	}

}
