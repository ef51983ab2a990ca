package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that exceed a handler timeout are abandoned.
 */
class HandlerTimeoutTests extends WatchedRouter {

	// Timeouts of handlers

	private void useTimeout() {
		use(this.time.router().handlerTimeout(THRESHOLD).shutdownTimeout(Duration.ofSeconds(30)));
	}

	private void untilFailed(String id, long count) {
		Books.eventually(() -> {
			this.time.advance(THRESHOLD.dividedBy(4));
			return Books.of(this.router, id).failed() >= count;
		});
	}

	@Test
	void whenCallIsOverItsTimeoutThenItFailsAndTheNextEventsFlow() throws Exception {
		useTimeout();
		List<Object> handled = new ArrayList<>();
		this.router.subscribe(HandlerSpec.on("event").id("hung").async().handler((event, payload) -> {
			if (payload.equals(0)) {
				hangUp(event, payload);
			}
			handled.add(payload);
		}).build());
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("event", 0);
		Books.pass(this.hanging);
		for (int i = 1; i < 10; i++) {
			this.router.emit("event", i);
		}
		untilFailed("hung", 1);
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 1, 0, 0));
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(handled).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9);
		HandlerSnapshot handler = snapshot.handlers().get("hung");
		assertThat(handler.account().failed()).isOne();
		assertThat(handler.account().running()).isZero();
		assertThat(handler.lastFailure().type()).isEqualTo(TimeoutException.class.getName());
		assertThat(handler.failedLatency().count()).isOne();
		// Its thread is not back, and shows where it is.
		Books.eventually(() -> !this.router.handlerSnapshot("hung").stuckCalls().isEmpty());
		StuckCall call = this.router.handlerSnapshot("hung").stuckCalls().get(0);
		assertThat(call.abandoned()).isTrue();
		assertThat(call.stack()).anyMatch((frame) -> frame.getMethodName().equals("hangUp"));
		this.hang.countDown();
		Books.eventually(() -> this.router.handlerSnapshot("hung").stuckCalls().isEmpty());
		// The return of the abandoned call is not counted.
		handler = Books.balanced(this.router).handlers().get("hung");
		assertThat(handler.account().handled()).isEqualTo(9);
		assertThat(handler.account().failed()).isOne();
		assertThat(handler.latency().count()).isEqualTo(9);
		assertThat(threads().filter((thread) -> thread.getName().equals("telemetry-router-hung")))
			.hasSizeLessThanOrEqualTo(2);
	}

	@Test
	void whenCallIsOverItsTimeoutThenErrorListenersAndLogAreTold() {
		List<HandlerFailure> failures = new CopyOnWriteArrayList<>();
		use(this.time.router().handlerTimeout(THRESHOLD).errorListener(failures::add));
		this.router.subscribe(HandlerSpec.on("event").id("over time").async().handler(this::hangUp).build());
		this.router.emit("event", "secret");
		Books.pass(this.hanging);
		untilFailed("over time", 1);
		Books.eventually(() -> !this.log.lines("'over time' failed").isEmpty());
		HandlerFailure failure = failures.get(0);
		assertThat(failure.handlerId()).isEqualTo("over time");
		assertThat(failure.error()).isInstanceOf(TimeoutException.class);
		assertThat(failure.error().getStackTrace()).anyMatch((frame) -> frame.getMethodName().equals("hangUp"));
		assertThat(failures).hasSize(1);
	}

	@Test
	void whenCallIsOverItsTimeoutThenItIsInterruptedAndNobodyElseIs() {
		use(this.time.router()
			.handlerTimeout(THRESHOLD)
			.quarantine(QuarantineSettings.disabled())
			.shutdownTimeout(Duration.ofSeconds(30)));
		AtomicInteger interrupted = new AtomicInteger();
		AtomicInteger leaked = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event").id("hung").async().handler((event, payload) -> {
			if (Thread.currentThread().isInterrupted()) {
				leaked.incrementAndGet();
			}
			if (payload.equals("hang")) {
				try {
					new CountDownLatch(1).await();
				}
				catch (InterruptedException ex) {
					interrupted.incrementAndGet();
				}
			}
		}).build());
		for (int i = 1; i <= 20; i++) {
			this.router.emit("event", "hang");
			this.router.emit("event", "quick");
			untilFailed("hung", i);
		}
		HandlerAccount account = Books.balanced(this.router).handlers().get("hung").account();
		assertThat(account.failed()).isEqualTo(20);
		assertThat(account.handled()).isEqualTo(20);
		Books.eventually(() -> interrupted.get() == 20);
		assertThat(leaked).hasValue(0);
	}

	@Test
	void whenExecutorIsTheUsersThenItsThreadComesBackUninterrupted() throws Exception {
		ThreadPoolExecutor pool = new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
		try {
			use(this.time.router().handlerTimeout(THRESHOLD).laneExecutor(pool));
			AtomicReference<Thread> thread = new AtomicReference<>();
			this.router.subscribe(HandlerSpec.on("event").id("hung").async().handler((event, payload) -> {
				if (thread.compareAndSet(null, Thread.currentThread())) {
					hangUp(event, payload);
				}
			}).build());
			this.router.emit("event", 0);
			Books.pass(this.hanging);
			this.router.emit("event", 1);
			untilFailed("hung", 1);
			Books.eventually(() -> Books.of(this.router, "hung").handled() == 1);
			this.hang.countDown();
			Books.eventually(() -> pool.getActiveCount() == 0);
			assertThat(thread.get().isInterrupted()).isFalse();
			Books.balanced(this.router);
		}
		finally {
			this.hang.countDown();
			this.router.close();
			pool.shutdownNow();
		}
	}

	@Test
	void whenHandlerKeepsHangingThenQuarantineBoundsTheThreads() {
		use(this.time.router()
			.handlerTimeout(THRESHOLD)
			.quarantine(QuarantineSettings.defaults().withFailures(3).withDelay(Duration.ofDays(1), Duration.ofDays(2)))
			.shutdownTimeout(Duration.ofSeconds(30)));
		AtomicInteger calls = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event").id("hung").async().handler((event, payload) -> {
			calls.incrementAndGet();
			hangUp(event, payload);
		}).build());
		for (int i = 0; i < 20; i++) {
			this.router.emit("event", i);
		}
		untilFailed("hung", 3);
		HandlerSnapshot handler = Books.balanced(this.router).handlers().get("hung");
		assertThat(calls).hasValue(3);
		assertThat(Books.dropped(handler.account(), DropReason.QUARANTINED)).isEqualTo(17);
		Books.eventually(() -> this.router.handlerSnapshot("hung").stuckCalls().size() == 3);
		// No thread is risked for a probe while others hang.
		this.time.advance(Duration.ofDays(1));
		this.router.emit("event", "no probe");
		Books.balanced(this.router);
		assertThat(calls).hasValue(3);
		this.hang.countDown();
		Books.eventually(() -> this.router.handlerSnapshot("hung").stuckCalls().isEmpty());
		// The results of abandoned calls do not affect the circuit breaker.
		assertThat(this.router.handlerSnapshot("hung").status()).isEqualTo(HandlerStatus.QUARANTINED);
		this.router.emit("event", "probe");
		Books.balanced(this.router);
		assertThat(calls).hasValue(4);
		assertThat(this.router.handlerSnapshot("hung").status()).isEqualTo(HandlerStatus.ACTIVE);
	}

	@Test
	void whenStuckCallIsGivenUpThenItIsShownOnce() {
		use(this.time.router().stuckThreshold(THRESHOLD).handlerTimeout(THRESHOLD.multipliedBy(1000)));
		this.router.subscribe(HandlerSpec.on("event").id("given up").async().handler(this::hangUp).build());
		this.router.emit("event", 0);
		Books.pass(this.hanging);
		untilStuck("given up");
		this.time.advance(THRESHOLD.multipliedBy(1000));
		Books.eventually(
				() -> this.router.handlerSnapshot("given up").stuckCalls().stream().anyMatch(StuckCall::abandoned));
		assertThat(this.router.handlerSnapshot("given up").stuckCalls()).hasSize(1);
		assertThat(this.log.lines("'given up' has returned")).isEmpty();
		this.hang.countDown();
		Books.eventually(() -> !this.log.lines("'given up' has returned").isEmpty());
		assertThat(this.log.lines("'given up' has returned").get(0)).matches(".* after about [1-9].* (s|min)");
	}

	@Test
	void whenHandlerIsSyncThenItIsNotGivenUp() throws Exception {
		useTimeout();
		this.router.subscribe(HandlerSpec.on("event").id("sync").handler(this::hangUp).build());
		this.router.subscribe(HandlerSpec.on("event").id("lane").async().handler((event, payload) -> {
			new CountDownLatch(1).await();
		}).build());
		Thread emitter = new Thread(() -> this.router.emit("event", null));
		emitter.start();
		Books.pass(this.hanging);
		untilFailed("lane", 1);
		assertThat(Books.of(this.router, "sync").running()).isOne();
		assertThat(Books.of(this.router, "sync").failed()).isZero();
		this.hang.countDown();
		emitter.join(30_000);
		assertThat(Books.of(this.router, "sync").handled()).isOne();
	}

	/**
	 * Calls that end just when they are given up: each is counted once, by one of the
	 * two.
	 */
	@RepeatedTest(5)
	@Tag("stress")
	void whenCallsEndAroundTheirTimeoutThenEachIsCountedOnce() {
		Duration timeout = Duration.ofMillis(10);
		use(TelemetryRouter.builder().handlerTimeout(timeout).quarantine(QuarantineSettings.disabled()));
		Set<Object> interrupted = ConcurrentHashMap.newKeySet();
		AtomicInteger calls = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event").id("late").async().concurrency(4).handler((event, payload) -> {
			if (Thread.currentThread().isInterrupted()) {
				interrupted.add(payload);
			}
			calls.incrementAndGet();
			long until = System.nanoTime() + timeout.toNanos() - 1_000_000 + 100_000L * ((int) payload % 30);
			while (System.nanoTime() < until) {
				Thread.onSpinWait();
			}
		}).build());
		List<CompletableFuture<EmitOutcome>> outcomes = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			outcomes.add(this.router.emitAsync("event", i));
		}
		HandlerAccount account = Books.balanced(this.router).handlers().get("late").account();
		assertThat(account.handled() + account.failed()).isEqualTo(100);
		assertThat(calls).hasValue(100);
		// On a busy machine a call may time out before its first line: the interrupt is
		// its own. A call that returned in time must not see that of another one.
		assertThat(interrupted).allMatch((payload) -> Books.result(outcomes.get((int) payload)).failed() == 1);
	}

}
