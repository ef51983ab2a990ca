package io.telemetryrouter;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class FlushTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final TelemetryRouter router = TelemetryRouter.builder().build();

	private final CountDownLatch running = new CountDownLatch(1);

	private final CountDownLatch release = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.release.countDown();
		this.router.close();
	}

	@Test
	void whenNothingIsPendingThenFlushIsComplete() {
		assertThat(this.router.flush(LONG)).isEqualTo(new FlushResult(true, Map.of()));
		assertThat(this.router.flush(Duration.ZERO)).isEqualTo(new FlushResult(true, Map.of()));
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 4 })
	void whenFlushReturnsThenEventsAreProcessedAndNotJustDequeued(int concurrency) {
		LongAdder done = new LongAdder();
		this.router.subscribe(HandlerSpec.on("x").async().concurrency(concurrency).handler((event, payload) -> {
			// Gives a flush that only looks at queues ample time to be wrong.
			for (int i = 0; i < 100; i++) {
				Thread.yield();
			}
			done.increment();
		}).build());
		for (int round = 1; round <= 200; round++) {
			this.router.emit("x", round);
			this.router.emit("x", round);
			assertThat(this.router.flush(LONG).complete()).isTrue();
			assertThat(done.sum()).isEqualTo(2L * round);
		}
	}

	@Test
	void whenWhatAFlushWaitsForIsDroppedThenItIsComplete() throws Exception {
		Subscription subscription = this.router.subscribe(HandlerSpec.on("x")
			.id("paused")
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.DROP_OLDEST)
			.handler((event, payload) -> {
			})
			.build());
		this.router.pause("paused");
		this.router.emit("x", "evicted");
		FlushResult[] results = new FlushResult[2];
		Thread evicting = waiting(() -> results[0] = this.router.flush(LONG));
		this.router.emit("x", "discarded");
		evicting.join(LONG.toMillis());
		Thread discarding = waiting(() -> results[1] = this.router.flush(LONG));
		subscription.close();
		discarding.join(LONG.toMillis());
		assertThat(results).containsOnly(new FlushResult(true, Map.of()));
	}

	private static Thread waiting(Runnable flush) {
		Thread thread = new Thread(flush);
		thread.start();
		Books.spinUntil(() -> thread.getState() == Thread.State.TIMED_WAITING);
		return thread;
	}

	@Test
	void whenEventIsInTheHandlersHandsThenFlushWaitsForIt() throws Exception {
		subscribeBlocking("busy");
		this.router.emit("x", 1);
		assertThat(this.running.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.router.handlerSnapshot("busy").account().queued()).isZero();
		CompletableFuture<FlushResult> flush = CompletableFuture.supplyAsync(() -> this.router.flush(LONG));
		assertThat(this.router.flush(Duration.ofMillis(20))).isEqualTo(new FlushResult(false, Map.of("busy", 1L)));
		assertThat(flush).isNotDone();
		this.release.countDown();
		assertThat(flush.get(30, TimeUnit.SECONDS)).isEqualTo(new FlushResult(true, Map.of()));
		assertThat(this.router.handlerSnapshot("busy").account().handled()).isOne();
	}

	@Test
	void whenTimeIsUpThenResultNamesWhatIsPendingAtWhichHandler() throws Exception {
		subscribeBlocking("busy");
		this.router.subscribe(HandlerSpec.on("x").id("quick").async().handler((event, payload) -> {
		}).build());
		for (int i = 0; i < 5; i++) {
			this.router.emit("x", i);
		}
		assertThat(this.running.await(30, TimeUnit.SECONDS)).isTrue();
		await().atMost(30, TimeUnit.SECONDS)
			.untilAsserted(() -> assertThat(this.router.flush(Duration.ofMillis(1)))
				.isEqualTo(new FlushResult(false, Map.of("busy", 5L))));
		this.release.countDown();
		assertThat(this.router.flush(LONG).complete()).isTrue();
	}

	@Test
	void whenEventsKeepComingThenFlushWaitsOnlyForThoseBefore() {
		LongAdder handled = new LongAdder();
		this.router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> {
			handled.increment();
			if (this.release.getCount() != 0) {
				// Never idle: each event causes the next one, from outside of any emit.
				CompletableFuture.runAsync(() -> this.router.emit("x", payload));
			}
		}).build());
		this.router.emit("x", 1);
		for (int i = 0; i < 20; i++) {
			assertThat(this.router.flush(LONG).complete()).isTrue();
		}
		assertThat(handled.sum()).isPositive();
	}

	@Test
	void whenHandlerFailsThenItsEventIsProcessed() {
		this.router.subscribe(HandlerSpec.on("x").id("failing").async().handler((event, payload) -> {
			throw new IllegalStateException("on purpose");
		}).build());
		try (CapturedLog log = new CapturedLog()) {
			this.router.emit("x", 1);
			assertThat(this.router.flush(LONG).complete()).isTrue();
			assertThat(this.router.handlerSnapshot("failing").account().failed()).isOne();
			assertThat(log.lines("'failing' failed")).hasSize(1);
		}
	}

	@Test
	void whenOnceHandlerHasLeftWithItsEventQueuedThenFlushWaitsForIt() throws Exception {
		this.router.subscribe(HandlerSpec.on("x").id("once").once().async().handler((event, payload) -> {
			this.running.countDown();
			this.release.await();
		}).build());
		this.router.emit("x", 1);
		assertThat(this.router.snapshot().handlers()).isEmpty();
		assertThat(this.running.await(30, TimeUnit.SECONDS)).isTrue();
		assertThat(this.router.flush(Duration.ofMillis(10))).isEqualTo(new FlushResult(false, Map.of("once", 1L)));
		this.release.countDown();
		assertThat(this.router.flush(LONG).complete()).isTrue();
		assertThat(this.router.snapshot().retired().handled()).isOne();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenCalledFromHandlerThenFlushReturnsAtOnceWithWhatIsPending(boolean async) throws Exception {
		CompletableFuture<FlushResult> result = new CompletableFuture<>();
		subscribeBlocking("busy");
		this.router.subscribe(HandlerSpec.on("x")
			.id("flusher")
			.mode(async ? HandlerMode.ASYNC : HandlerMode.SYNC)
			.handler((event, payload) -> {
				this.running.await();
				result.complete(this.router.flush(Duration.ofDays(1)));
			})
			.build());
		this.router.emit("x", 1);
		FlushResult flushed = result.get(30, TimeUnit.SECONDS);
		assertThat(flushed.complete()).isFalse();
		assertThat(flushed.pendingByHandler()).containsEntry("busy", 1L);
		if (async) {
			assertThat(flushed.pendingByHandler()).containsEntry("flusher", 1L);
		}
	}

	@Test
	void whenConditionFlushesThenItReturnsAtOnce() {
		AtomicReference<FlushResult> result = new AtomicReference<>();
		this.router.subscribe(HandlerSpec.on("x").condition((event) -> {
			result.set(this.router.flush(Duration.ofDays(1)));
			return true;
		}).handler((event, payload) -> {
		}).build());
		subscribeBlocking("busy");
		this.router.emit("x", 1);
		assertThat(result.get()).isNotNull();
	}

	@Test
	void whenThreadsFlushAtOnceThenAllComplete() throws Exception {
		subscribeBlocking("busy");
		this.router.emit("x", 1);
		List<CompletableFuture<FlushResult>> flushes = new ArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < 8; i++) {
			CompletableFuture<FlushResult> flush = new CompletableFuture<>();
			flushes.add(flush);
			threads.add(new Thread(() -> flush.complete(this.router.flush(LONG))));
		}
		threads.forEach(Thread::start);
		await().atMost(30, TimeUnit.SECONDS)
			.until(() -> threads.stream().allMatch((thread) -> thread.getState() == Thread.State.TIMED_WAITING));
		assertThat(flushes).noneMatch(CompletableFuture::isDone);
		this.release.countDown();
		for (CompletableFuture<FlushResult> flush : flushes) {
			assertThat(flush.get(30, TimeUnit.SECONDS).complete()).isTrue();
		}
	}

	@Test
	void whenThreadsEmitAndFlushThenEachSeesItsOwnEventsProcessed() throws Exception {
		AtomicInteger[] handled = { new AtomicInteger(), new AtomicInteger(), new AtomicInteger() };
		this.router.subscribe(HandlerSpec.on("x")
			.async()
			.maxQueue(10_000)
			.handler((event, payload) -> handled[(int) payload].incrementAndGet())
			.build());
		List<CompletableFuture<Void>> threads = new ArrayList<>();
		for (int i = 0; i < handled.length; i++) {
			int own = i;
			threads.add(run(() -> {
				for (int round = 1; round <= 1000; round++) {
					this.router.emit("x", own);
					assertThat(this.router.flush(LONG).complete()).isTrue();
					assertThat(handled[own]).hasValue(round);
				}
			}));
		}
		for (CompletableFuture<Void> thread : threads) {
			thread.get(60, TimeUnit.SECONDS);
		}
	}

	@Test
	void whenInterruptedThenFlushEndsEarlyAndInterruptStaysSet() throws Exception {
		subscribeBlocking("busy");
		this.router.emit("x", 1);
		assertThat(this.running.await(30, TimeUnit.SECONDS)).isTrue();
		Thread.currentThread().interrupt();
		FlushResult result = this.router.flush(Duration.ofDays(1));
		assertThat(Thread.interrupted()).isTrue();
		assertThat(result).isEqualTo(new FlushResult(false, Map.of("busy", 1L)));
	}

	@Test
	void whenTimeoutIsForEverThenFlushStillWorks() {
		this.router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> {
		}).build());
		this.router.emit("x", 1);
		assertThat(this.router.flush(ChronoUnit.FOREVER.getDuration()).complete()).isTrue();
	}

	@Test
	void whenExecutorHasRefusedAHandlerThenFlushTriesAgain() {
		AtomicInteger tasks = new AtomicInteger();
		ExecutorService threads = Executors.newSingleThreadExecutor();
		try (CapturedLog log = new CapturedLog();
				TelemetryRouter refused = TelemetryRouter.builder().laneExecutor((task) -> {
					if (tasks.getAndIncrement() == 0) {
						throw new RejectedExecutionException("on purpose");
					}
					threads.execute(task);
				}).build()) {
			refused.subscribe(HandlerSpec.on("x").id("refused").async().handler((event, payload) -> {
			}).build());
			refused.emit("x", 1);
			assertThat(refused.handlerSnapshot("refused").account().queued()).isOne();
			assertThat(log.lines("No thread for handler 'refused'")).hasSize(1);
			assertThat(refused.flush(LONG).complete()).isTrue();
			assertThat(refused.handlerSnapshot("refused").account().handled()).isOne();
		}
		finally {
			threads.shutdownNow();
		}
	}

	@Test
	void whenTimeoutIsNullThenCallerIsTold() {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.flush(null))
			.withMessage("'timeout' must not be null");
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.flush("any", null))
			.withMessage("'timeout' must not be null");
	}

	@Test
	void whenRouterIsClosedThenFlushIsComplete() {
		subscribeBlocking("busy");
		this.release.countDown();
		this.router.emit("x", 1);
		this.router.close();
		assertThat(this.router.flush(LONG).complete()).isTrue();
	}

	private void subscribeBlocking(String id) {
		this.router.subscribe(HandlerSpec.on("x").id(id).async().handler((event, payload) -> {
			this.running.countDown();
			this.release.await();
		}).build());
	}

	private static CompletableFuture<Void> run(Runnable action) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		new Thread(() -> {
			try {
				action.run();
				done.complete(null);
			}
			catch (Throwable ex) {
				done.completeExceptionally(ex);
			}
		}).start();
		return done;
	}

}
