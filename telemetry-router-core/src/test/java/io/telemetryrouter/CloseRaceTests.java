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
			long handled = 0;
			for (HandlerSnapshot handler : snapshot.handlers().values()) {
				assertThat(handler.account().offered()).isEqualTo(emitted.sum());
				handled += handler.account().handled();
			}
			assertThat(calls.sum()).isEqualTo(handled);
			assertThat(callsAtClose).isLessThanOrEqualTo(handled);
		}
	}

}
