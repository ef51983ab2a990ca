package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Emits and other operations during the delivery of held events.
 */
class HeldEventReleaseTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final ManualTime time = new ManualTime();

	private TelemetryRouter router = this.time.router().holdEvents(100).build();

	private final List<Object> received = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenClockFailsWhileHeldEventsAreDeliveredThenNoneIsHeldForGood() {
		AtomicBoolean broken = new AtomicBoolean();
		Thread starter = Thread.currentThread();
		try (TelemetryRouter router = TelemetryRouter.builder().holdEvents(10).nanoTime(() -> {
			if (Thread.currentThread() == starter && broken.getAndSet(false)) {
				throw new IllegalStateException("no time");
			}
			return 0;
		}).build()) {
			router.subscribe(HandlerSpec.on("event").id("handler").handler((name, payload) -> {
			}).build());
			for (int i = 0; i < 3; i++) {
				router.emit("event", i);
			}
			broken.set(true);
			router.start();
			Books.balanced(router);
			assertThat(Books.of(router, "handler").failed()).isOne();
			assertThat(Books.of(router, "handler").handled()).isEqualTo(2);
		}
	}

	@Test
	void whenHandlerEmitsWhileHeldEventsAreDeliveredThenItsEventComesAfterThem() {
		this.router.emit("x", 1);
		this.router.emit("x", 2);
		this.router.subscribe("x", (event, payload) -> {
			this.received.add("x" + payload);
			this.router.emit("y", payload);
		});
		this.router.subscribe("y", (event, payload) -> this.received.add("y" + payload));
		this.router.start();
		assertThat(this.received).containsExactly("x1", "x2", "y1", "y2");
		this.router.emit("x", 3);
		assertThat(this.received).containsExactly("x1", "x2", "y1", "y2", "x3", "y3");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHeldEventsAreBeingDeliveredThenOtherEmittersWait(boolean interrupted) throws Exception {
		CountDownLatch delivering = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		try (TelemetryRouter router = TelemetryRouter.builder().holdEvents(10).blockTimeout(LONG).build()) {
			router.subscribe("x", (event, payload) -> {
				this.received.add(payload);
				delivering.countDown();
				Books.pass(goOn);
			});
			router.emit("x", 1);
			Thread starter = new Thread(router::start);
			starter.start();
			Books.pass(delivering);
			AtomicBoolean stillInterrupted = new AtomicBoolean();
			Thread emitter = new Thread(() -> {
				router.emit("x", 2);
				stillInterrupted.set(Thread.currentThread().isInterrupted());
			});
			emitter.start();
			Books.eventually(() -> emitter.getState() == Thread.State.TIMED_WAITING);
			if (interrupted) {
				emitter.interrupt();
				emitter.join();
			}
			goOn.countDown();
			starter.join();
			emitter.join();
			assertThat(this.received).containsExactly(1, 2);
			assertThat(stillInterrupted.get()).isEqualTo(interrupted);
		}
	}

	@Test
	void whenHandlerEmitsWhileHeldEventsAreDeliveredThenItDoesNotWaitForItself() {
		try (TelemetryRouter router = TelemetryRouter.builder().holdEvents(10).blockTimeout(Books.LIMIT).build()) {
			Thread starter = new Thread(router::start);
			router.subscribe("x", (event, payload) -> {
				router.emit("y", payload);
				this.received.add(payload);
			});
			router.emit("x", 1);
			starter.start();
			Books.eventually(() -> !this.received.isEmpty() || starter.getState() == Thread.State.TIMED_WAITING);
			assertThat(this.received).containsExactly(1);
		}
	}

	@Test
	void whenHandlersEmitInALoopWhileHeldEventsAreDeliveredThenItEnds() {
		this.router = this.time.router().holdEvents(10).maxDepth(5).build();
		this.router.emit("x", 1);
		this.router.subscribe(HandlerSpec.on("x").id("loop").handler((event, payload) -> {
			this.received.add(payload);
			this.router.emit("x", payload);
		}).build());
		try (CapturedLog log = new CapturedLog()) {
			this.router.start();
			assertThat(log.lines("x -> x -> x -> x -> x -> x")).hasSize(1);
		}
		assertThat(this.received).hasSize(5);
		HandlerAccount account = this.router.handlerSnapshot("loop").account();
		assertThat(account.dropped()).containsEntry(DropReason.RECURSION, 1L);
		assertThat(account.isBalanced()).isTrue();
	}

	@Test
	void whenHandlerStartsTheRouterWhileItStartsThenNothingIsDeliveredTwice() {
		this.router.emit("x", 1);
		this.router.emit("x", 2);
		this.router.subscribe("x", (event, payload) -> {
			this.router.start();
			this.received.add(payload);
		});
		this.router.start();
		assertThat(this.received).containsExactly(1, 2);
	}

	@Test
	void whenHandlerThrowsWhileHeldEventsAreDeliveredThenTheRestIsDelivered() {
		this.router.emit("x", 1);
		this.router.emit("x", 2);
		this.router.subscribe("x", (event, payload) -> {
			this.received.add(payload);
			throw new IllegalStateException("on purpose");
		});
		try (CapturedLog log = new CapturedLog()) {
			this.router.start();
			assertThat(log.records("failed on event 'x'")).hasSize(1);
		}
		assertThat(this.received).containsExactly(1, 2);
	}

	@Test
	void whenContextCarrierEmitsThenItEnds() {
		List<Object> received = new CopyOnWriteArrayList<>();
		AtomicReference<TelemetryRouter> emitter = new AtomicReference<>();
		try (TelemetryRouter carrying = TelemetryRouter.builder().holdEvents(100).contextCarrier(new ContextCarrier() {

			@Override
			public @Nullable Object capture() {
				emitter.get().emit("captured", null);
				return null;
			}

			@Override
			public Scope restore(Object context) {
				throw new AssertionError("No context");
			}

		}).build()) {
			emitter.set(carrying);
			carrying.subscribe(HandlerSpec.on("**").async().handler((name, payload) -> received.add(name)).build());
			carrying.emit("held", null);
			assertThat(carrying.snapshot().held()).isEqualTo(2);
			carrying.start();
			carrying.emit("routed", null);
			Books.balanced(carrying);
		}
		assertThat(received).containsExactly("captured", "held", "captured", "routed");
	}

	@Test
	void whenEventsComeAsFastAsTheyAreDeliveredThenStartReturnsAllTheSame() throws Exception {
		this.router = this.time.router().holdEvents(10).blockTimeout(Duration.ofMillis(1)).build();
		AtomicBoolean starting = new AtomicBoolean(true);
		this.router.subscribe(HandlerSpec.on("x").id("x").handler((event, payload) -> {
			if (starting.get()) {
				// From outside of any emit, and before the next one is delivered.
				CompletableFuture.runAsync(() -> this.router.emit("x", payload)).join();
			}
		}).build());
		this.router.emit("x", 1);
		CompletableFuture<Void> started = CompletableFuture.runAsync(this.router::start);
		try {
			started.get(30, TimeUnit.SECONDS);
		}
		finally {
			starting.set(false);
		}
		HandlerAccount account = this.router.handlerSnapshot("x").account();
		assertThat(account.handled()).isEqualTo(11);
		assertThat(account.dropped()).containsEntry(DropReason.NOT_STARTED, 1L);
		assertThat(account.isBalanced()).isTrue();
		this.router.emit("x", 2);
		assertThat(this.router.handlerSnapshot("x").account().handled()).isEqualTo(12);
	}

	@Test
	void whenThreadsEmitDuringTheStartThenEachThreadsEventsArriveInOrderAndComplete() throws Exception {
		for (int round = 0; round < 10; round++) {
			this.router = TelemetryRouter.builder().holdEvents(1_000_000).build();
			int emitters = 2;
			AtomicBoolean emitting = new AtomicBoolean(true);
			AtomicInteger[] emitted = new AtomicInteger[emitters];
			AtomicInteger[] last = new AtomicInteger[emitters];
			List<Thread> threads = new ArrayList<>();
			AtomicBoolean disorder = new AtomicBoolean();
			for (int i = 0; i < emitters; i++) {
				int own = i;
				emitted[i] = new AtomicInteger();
				last[i] = new AtomicInteger();
				threads.add(new Thread(() -> {
					while (emitting.get()) {
						if (emitted[own].get() - last[own].get() < 1000) {
							this.router.emit("x", new int[] { own, emitted[own].incrementAndGet() });
						}
						else {
							Thread.yield();
						}
					}
				}));
			}
			this.router.subscribe("x", (event, payload) -> {
				int[] numbers = (int[]) payload;
				if (!last[numbers[0]].compareAndSet(numbers[1] - 1, numbers[1])) {
					disorder.set(true);
				}
			});
			threads.forEach(Thread::start);
			Books.spinUntil(() -> emitted[0].get() >= 100);
			this.router.start();
			emitting.set(false);
			for (Thread thread : threads) {
				thread.join();
			}
			assertThat(disorder).isFalse();
			for (int i = 0; i < emitters; i++) {
				assertThat(last[i]).hasValue(emitted[i].get());
			}
			this.router.close();
		}
	}

}
