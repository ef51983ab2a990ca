package io.telemetryrouter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

class HoldEventsTests {

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
			assertThatIllegalStateException().isThrownBy(router::start);
			Books.balanced(router);
			assertThat(Books.of(router, "handler").failed()).isOne();
			assertThat(Books.of(router, "handler").handled()).isEqualTo(2);
		}
	}

	@Test
	void whenHeldThenEventsReachHandlersThatComeLaterInOrder() {
		for (int i = 0; i < 10; i++) {
			this.router.emit("x" + i % 2, i);
		}
		this.router.subscribe("*", (event, payload) -> this.received.add(payload));
		assertThat(this.received).isEmpty();
		assertThat(this.router.snapshot().held()).isEqualTo(10);
		this.router.start();
		assertThat(this.received).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
		assertThat(this.router.snapshot().held()).isZero();
		assertThat(this.router.eventSnapshot("x0").emitted()).isEqualTo(5);
	}

	@Test
	void whenStartedThenEventsAreRoutedDirectly() {
		this.router.subscribe("x", (event, payload) -> this.received.add(payload));
		this.router.start();
		this.router.start();
		this.router.emit("x", 1);
		assertThat(this.received).containsExactly(1);
		assertThat(this.router.snapshot().held()).isZero();
	}

	@Test
	void whenNothingIsToBeHeldThenStartDoesNothing() {
		this.router = TelemetryRouter.builder().build();
		this.router.subscribe("x", (event, payload) -> this.received.add(payload));
		this.router.emit("x", 1);
		this.router.start();
		assertThat(this.received).containsExactly(1);
	}

	@Test
	void whenHandlerNamesTheEventThenItIsHeldAllTheSame() {
		this.router.subscribe("x", (event, payload) -> this.received.add(payload));
		this.router.emit("x", 1);
		this.router.hasHandlers("x");
		this.router.snapshot();
		this.router.eventSnapshot("x");
		this.router.emit("x", 2);
		assertThat(this.received).isEmpty();
		assertThat(this.router.snapshot().held()).isEqualTo(2);
	}

	@Test
	void whenHeldThenAnyEventMayHaveHandlers() {
		assertThat(this.router.hasHandlers("x")).isTrue();
		this.router.start();
		assertThat(this.router.hasHandlers("x")).isFalse();
	}

	@Test
	void whenHeldThenTimestampAndOrderAreThoseOfTheEmit() {
		List<TelemetryEvent<Object>> events = new ArrayList<>();
		this.router.emit("x", 1);
		Instant emitted = this.time.instant();
		this.time.advance(Duration.ofSeconds(10));
		this.router.emit("x", 2);
		this.router.subscribe(HandlerSpec.on("x").eventHandler(events::add).build());
		this.router.start();
		assertThat(events).extracting(TelemetryEvent::timestamp).containsExactly(emitted, emitted.plusSeconds(10));
		assertThat(events).extracting(TelemetryEvent::sequence).isSorted();
	}

	@Test
	void whenMoreIsEmittedThanHeldThenTheRestIsCountedQueueFullAtEachHandler() {
		this.router = this.time.router().holdEvents(3).build();
		for (int i = 0; i < 5; i++) {
			this.router.emit("x", i);
		}
		this.router.emit("y", 5);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("y", 6);
		this.router
			.subscribe(HandlerSpec.on("x").id("x").handler((event, payload) -> this.received.add(payload)).build());
		this.router.subscribe(HandlerSpec.on("**").id("all").async().handler((event, payload) -> {
		}).build());
		this.router.start();
		assertThat(this.received).containsExactly(0, 1, 2);
		HandlerAccount x = this.router.handlerSnapshot("x").account();
		assertThat(x.offered()).isEqualTo(5);
		assertThat(x.dropped()).containsEntry(DropReason.NOT_STARTED, 2L);
		assertThat(x.isBalanced()).isTrue();
		assertThat(this.router.flush(LONG).complete()).isTrue();
		HandlerAccount all = this.router.handlerSnapshot("all").account();
		assertThat(all.offered()).isEqualTo(7);
		assertThat(all.dropped()).containsEntry(DropReason.NOT_STARTED, 4L);
		assertThat(all.isBalanced()).isTrue();
		assertThat(this.router.eventSnapshot("x").emitted()).isEqualTo(5);
		assertThat(this.router.eventSnapshot("y").emitted()).isEqualTo(2);
		assertThat(outcome).isCompletedWithValue(new EmitOutcome(0, 0, 0, 1));
	}

	@Test
	void whenManyNamesOverflowThenTheyAreCountedTogetherBeyondTheLimitOfNames() {
		this.router = this.time.router().holdEvents(1).maxEventNames(2).build();
		for (int i = 0; i < 1000; i++) {
			this.router.emit("made." + i, i);
		}
		this.router.subscribe(HandlerSpec.on("**").id("all").handler((event, payload) -> {
		}).build());
		this.router.start();
		HandlerAccount account = this.router.handlerSnapshot("all").account();
		assertThat(account.handled()).isOne();
		assertThat(account.dropped()).containsEntry(DropReason.NOT_STARTED, 999L);
		assertThat(account.isBalanced()).isTrue();
		Map<String, EventSnapshot> events = this.router.snapshot().events();
		assertThat(events).hasSizeLessThanOrEqualTo(3);
		assertThat(events.values().stream().mapToLong(EventSnapshot::emitted).sum()).isEqualTo(1000);
	}

	@Test
	void whenEmitAsyncIsHeldThenItCompletesAfterDelivery() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("x", 1);
		this.router.subscribe("x", (event, payload) -> this.received.add(payload));
		this.router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> release.await()).build());
		assertThat(outcome).isNotDone();
		this.router.start();
		assertThat(this.received).containsExactly(1);
		assertThat(outcome).isNotDone();
		release.countDown();
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(2, 0, 0, 0));
	}

	@Test
	void whenEmitAsyncIsHeldAndNobodyListensThenItCompletesEmpty() throws Exception {
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("x", 1);
		assertThat(outcome).isNotDone();
		this.router.start();
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 0));
	}

	@Test
	void whenClosedWhileHeldThenHeldEventsAreCountedClosed() throws Exception {
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("x", 1);
		this.router.emit("x", 2);
		this.router
			.subscribe(HandlerSpec.on("x").id("x").handler((event, payload) -> this.received.add(payload)).build());
		this.router.close();
		assertThat(this.received).isEmpty();
		HandlerAccount account = this.router.handlerSnapshot("x").account();
		assertThat(account.offered()).isEqualTo(2);
		assertThat(account.dropped()).containsEntry(DropReason.CLOSED, 2L);
		assertThat(this.router.snapshot().held()).isZero();
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 1));
		this.router.start();
		this.router.emit("x", 3);
		assertThat(this.received).isEmpty();
		assertThat(this.router.handlerSnapshot("x").account().dropped()).containsEntry(DropReason.CLOSED, 3L);
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
	void whenFlushedWhileHeldThenItIsNotComplete() {
		this.router.emit("x", 1);
		assertThat(this.router.flush(Duration.ofMillis(1)).complete()).isFalse();
		assertThat(this.router.flush(Duration.ZERO).complete()).isFalse();
		this.router.start();
		assertThat(this.router.flush(LONG).complete()).isTrue();
	}

	@Test
	void whenFlushWaitsForTheStartThenItSeesHeldEventsProcessed() throws Exception {
		this.router.emit("x", 1);
		this.router
			.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> this.received.add(payload)).build());
		CompletableFuture<FlushResult> flush = CompletableFuture.supplyAsync(() -> this.router.flush(LONG));
		this.router.start();
		assertThat(flush.get(30, TimeUnit.SECONDS).complete()).isTrue();
		assertThat(this.received).containsExactly(1);
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
			while (emitted[0].get() < 100) {
				Thread.onSpinWait();
			}
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
