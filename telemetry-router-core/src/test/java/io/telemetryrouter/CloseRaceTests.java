package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Operations that race with a close.
 */
class CloseRaceTests {

	private final CountDownLatch release = new CountDownLatch(1);

	private CapturedLog log;

	@BeforeEach
	void capture() {
		this.log = new CapturedLog();
	}

	@AfterEach
	void release() {
		this.release.countDown();
		this.log.close();
	}

	@Test
	@Tag("stress")
	void whenNextRacesWithCloseThenItIsNeverLeftPending() throws Exception {
		for (int i = 0; i < 100; i++) {
			TelemetryRouter router = TelemetryRouter.builder().build();
			AtomicReference<CompletableFuture<TelemetryEvent<?>>> next = new AtomicReference<>();
			Thread waiting = new Thread(() -> {
				try {
					while (true) {
						next.set(router.next("x", (event) -> true, Duration.ofDays(1)));
						next.get().cancel(false);
						next.set(router.next("x", (event) -> true, Duration.ofDays(1)));
					}
				}
				catch (IllegalStateException ex) {
					// Closed, at last.
					return;
				}
			});
			waiting.start();
			Books.spinUntil(() -> next.get() != null);
			router.close();
			waiting.join();
			assertThat(next.get()).isDone();
		}
	}

	@Test
	void whenCloseIsInterruptedThenInterruptStaysSetAndNothingIsLostUncounted() {
		TelemetryRouter router = TelemetryRouter.builder().build();
		router.subscribe(
				HandlerSpec.on("x").id("busy").async().handler((event, payload) -> this.release.await()).build());
		for (int i = 0; i < 3; i++) {
			router.emit("x", i);
		}
		Thread.currentThread().interrupt();
		router.close();
		assertThat(Thread.interrupted()).isTrue();
		Books.balanced(router);
		assertThat(router.handlerSnapshot("busy").account().offered()).isEqualTo(3);
	}

	@Test
	void whenAnotherThreadClosesThenASecondCloseWaitsForIt() throws Exception {
		TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ofDays(1)).build();
		LongAdder handled = new LongAdder();
		router.subscribe(HandlerSpec.on("x").id("busy").async().handler((event, payload) -> {
			this.release.await();
			handled.increment();
		}).build());
		router.subscribe(HandlerSpec.on("late").id("late").handler((event, payload) -> {
		}).build());
		router.emit("x", 1);
		Thread first = new Thread(router::close);
		first.start();
		Books.eventually(() -> {
			router.emit("late", 2);
			return Books.dropped(Books.of(router, "late"), DropReason.CLOSED) > 0;
		});
		AtomicReference<Long> handledWhenSecondReturned = new AtomicReference<>();
		Thread second = new Thread(() -> {
			router.close();
			handledWhenSecondReturned.set(handled.sum());
		});
		second.start();
		Books.eventually(() -> second.getState() == Thread.State.WAITING || !second.isAlive());
		this.release.countDown();
		second.join();
		first.join();
		assertThat(handledWhenSecondReturned).hasValue(1L);
	}

	@Test
	void whenThreadsEmitDuringCloseThenEveryEventIsAccountedFor() throws Exception {
		for (int round = 0; round < 10; round++) {
			TelemetryRouter router = TelemetryRouter.builder().build();
			LongAdder calls = new LongAdder();
			LongAdder emitted = new LongAdder();
			MemoryRecorder recorder = new MemoryRecorder();
			recorder.records = (event) -> {
				calls.increment();
				return true;
			};
			router.subscribe(recorder.sync());
			for (OverflowPolicy overflow : OverflowPolicy.values()) {
				router.subscribe(HandlerSpec.on("x")
					.async()
					.maxQueue(64)
					.overflow(overflow)
					.handler((event, payload) -> calls.increment())
					.build());
			}
			router.subscribe("x", (event, payload) -> calls.increment());
			AtomicBoolean emitting = new AtomicBoolean(true);
			List<Thread> threads = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				threads.add(new Thread(() -> {
					while (emitting.get()) {
						router.emit("x", 1);
						emitted.increment();
					}
				}));
			}
			threads.forEach(Thread::start);
			Books.spinUntil(() -> emitted.sum() >= 100);
			router.close();
			long callsAtClose = calls.sum();
			emitting.set(false);
			for (Thread thread : threads) {
				thread.join();
			}
			// An event that was on its way during the close may still be with a worker.
			RouterSnapshot snapshot = Books.balanced(router);
			long called = 0;
			for (HandlerSnapshot handler : snapshot.handlers().values()) {
				assertThat(handler.account().offered()).isEqualTo(emitted.sum());
				// A call that began as its lane was stopped is given up, and returns
				// later.
				called += handler.account().handled() + handler.account().failed();
			}
			long all = called;
			Books.eventually(() -> calls.sum() == all);
			assertThat(callsAtClose).isLessThanOrEqualTo(all);
		}
	}

}
