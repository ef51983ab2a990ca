package io.telemetryrouter;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 6 for removed handlers: their pending events are counted once.
 */
class RetiredAccountTests {

	private static final int PRODUCERS = 4;

	private final CapturedLog log = new CapturedLog();

	private TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	private void emit(String payload, int times) {
		for (int i = 0; i < times; i++) {
			this.router.emit("x", payload);
		}
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
		HandlerAccount retired = Books.balanced(this.router).retired();
		assertThat(retired.offered()).isOne();
		assertThat(retired.handled()).isZero();
		assertThat(Books.dropped(retired, DropReason.UNSUBSCRIBED)).isOne();
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
		HandlerAccount running = this.router.snapshot().retired();
		assertThat(running.running()).isEqualTo(2);
		assertThat(running.isBalanced()).isTrue();
		gate.countDown();
		emitter.join(Books.LIMIT.toMillis());
		Books.eventually(() -> this.router.snapshot().retired().handled() == 2);
		assertThat(Books.balanced(this.router).retired().offered()).isEqualTo(2);
	}

	@RepeatedTest(6)
	void whenHandlersComeAndGoWhileOthersReadThenNoRetiredEventIsLost() throws Exception {
		use(TelemetryRouter.builder().measureLatency(ThreadedCoin.next()));
		LongAdder calls = new LongAdder();
		LongAdder emits = new LongAdder();
		this.router.subscribe(HandlerSpec.on("event").id("constant").handler((name, payload) -> {
		}).build());
		AtomicInteger running = new AtomicInteger(2);
		Parallel.run(PRODUCERS, (number) -> {
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
		assertThat(snapshot.retired().handled()).isEqualTo(calls.sum());
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
		assertThat(snapshot.retired().handled()).isEqualTo(passed.sum());
	}

	@Test
	void whenHandlerLeavesDuringASnapshotThenTheSnapshotHasAllOfItsCounts() {
		AtomicReference<Runnable> reads = new AtomicReference<>(() -> {
		});
		use(TelemetryRouter.builder().clock(() -> {
			reads.getAndSet(() -> {
			}).run();
			return Instant.EPOCH;
		}));
		this.router.subscribe("x", (event, payload) -> {
		});
		Subscription leaving = this.router.subscribe("x", (event, payload) -> {
			throw new IllegalStateException("fails");
		});
		emit("payload", 1);
		// The time at which the first handler was last seen is read with the clock.
		reads.set(leaving::close);
		HandlerAccount total = Books.total(this.router.snapshot());
		assertThat(leaving.isActive()).isFalse();
		assertThat(total.isBalanced()).isTrue();
		assertThat(total.offered()).isEqualTo(2);
		assertThat(total.failed()).isOne();
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	private static final class ThreadedCoin {

		private static final AtomicInteger tosses = new AtomicInteger();

		private ThreadedCoin() {
		}

		private static boolean next() {
			return tosses.incrementAndGet() % 2 == 0;
		}

	}

}
