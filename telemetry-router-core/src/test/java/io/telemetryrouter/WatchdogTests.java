package io.telemetryrouter;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that do not end are seen, and given up where that is wanted.
 */
class WatchdogTests {

	private static final Duration THRESHOLD = Duration.ofMillis(20);

	private final ManualTime time = new ManualTime();

	private final CountDownLatch hang = new CountDownLatch(1);

	private final CountDownLatch hanging = new CountDownLatch(1);

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = this.time.router().stuckThreshold(THRESHOLD).build();
	}

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
		this.log.close();
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	private void hangUp(String event, Object payload) {
		this.hanging.countDown();
		await(this.hang);
	}

	/**
	 * Waits for a latch whatever happens.
	 * @param latch the latch
	 */
	private static void await(CountDownLatch latch) {
		boolean open = false;
		while (!open) {
			try {
				open = latch.await(1, TimeUnit.SECONDS);
			}
			catch (InterruptedException ex) {
				// Hostile: it ignores the interrupt.
				open = false;
			}
		}
	}

	/**
	 * Time only goes on in steps, each of which the watchdog may take to be all there is.
	 */
	private void untilStuck(String id) {
		Books.eventually(() -> {
			this.time.advance(THRESHOLD);
			return !this.router.handlerSnapshot(id).stuckCalls().isEmpty();
		});
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenCallDoesNotEndThenItIsReportedOnceWithItsStack(boolean async) {
		// The log is everybody's.
		String id = async ? "hung lane" : "hung sync";
		HandlerSpec.Builder<Object> spec = HandlerSpec.on("event\nforged").id(id);
		this.router.subscribe((async ? spec.async() : spec).handler(this::hangUp).build());
		Thread emitter = new Thread(() -> this.router.emit("event\nforged", "secret"), "the emitter");
		emitter.start();
		Books.pass(this.hanging);
		untilStuck(id);
		HandlerSnapshot handler = this.router.handlerSnapshot(id);
		assertThat(handler.status()).isEqualTo(HandlerStatus.STUCK);
		assertThat(handler.account().running()).isOne();
		StuckCall call = handler.stuckCalls().get(0);
		assertThat(call.thread()).isEqualTo(async ? "telemetry-router-" + id : "the emitter");
		assertThat(call.event()).isEqualTo("event\uFFFDforged");
		assertThat(call.since()).isBeforeOrEqualTo(this.time.instant().minus(THRESHOLD));
		assertThat(call.abandoned()).isFalse();
		assertThat(call.stack()).anyMatch((frame) -> frame.getMethodName().equals("hangUp"));
		for (int i = 0; i < 5; i++) {
			this.time.advance(THRESHOLD);
			Thread.yield();
		}
		this.hang.countDown();
		Books.eventually(() -> !this.log.lines("'" + id + "' has returned").isEmpty());
		List<LogRecord> lines = this.log.records("'" + id + "' has been busy");
		assertThat(lines).hasSize(1);
		assertThat(lines.get(0).getMessage()).contains("hangUp").doesNotContain("secret", "event\nforged");
		handler = this.router.handlerSnapshot(id);
		assertThat(handler.status()).isEqualTo(HandlerStatus.ACTIVE);
		assertThat(handler.stuckCalls()).isEmpty();
		Books.balanced(this.router);
	}

	@Test
	void whenThresholdIsReachedAndNotBeforeThenCallIsStuck() {
		AtomicInteger looks = new AtomicInteger();
		use(counting(looks).stuckThreshold(THRESHOLD));
		this.router.subscribe(HandlerSpec.on("event").id("at last").async().handler(this::hangUp).build());
		this.router.emit("event", null);
		Books.pass(this.hanging);
		untilLooked(looks);
		Instant seen = this.time.instant();
		this.time.advance(THRESHOLD.minusNanos(1));
		untilLooked(looks);
		assertThat(this.router.handlerSnapshot("at last").stuckCalls()).isEmpty();
		this.time.advance(Duration.ofNanos(1));
		Books.eventually(() -> !this.router.handlerSnapshot("at last").stuckCalls().isEmpty());
		assertThat(this.router.handlerSnapshot("at last").stuckCalls().get(0).since()).isEqualTo(seen);
		Books.eventually(() -> !this.log.lines("'at last' has been busy").isEmpty());
		assertThat(this.log.lines("'at last' has been busy")).singleElement().asString().contains("for 20 ms or");
		this.time.advance(THRESHOLD);
		this.hang.countDown();
		Books.eventually(() -> !this.log.lines("'at last' has returned").isEmpty());
		untilLooked(looks);
		assertThat(this.log.lines("'at last' has returned")).singleElement().asString().contains("about 40 ms");
	}

	private TelemetryRouterBuilder counting(AtomicInteger looks) {
		return this.time.router().nanoTime(() -> {
			if (Thread.currentThread().getName().equals("telemetry-router:watchdog")) {
				looks.incrementAndGet();
			}
			return this.time.getAsLong();
		});
	}

	/**
	 * Waits for a look that has begun by now to end, and another one.
	 */
	private static void untilLooked(AtomicInteger looks) {
		int before = looks.get();
		Books.eventually(() -> looks.get() >= before + 3);
	}

	@Test
	void whenRouterIsFirstUsedFromAnApplicationThenWatchdogDoesNotKeepItsClasses() throws IOException {
		Thread thread = Thread.currentThread();
		ClassLoader own = thread.getContextClassLoader();
		try (URLClassLoader application = new URLClassLoader(new URL[0], own)) {
			thread.setContextClassLoader(application);
			Set<Thread> before = watchdogs();
			subscribeNothing(this.router);
			Set<Thread> started = watchdogs();
			started.removeAll(before);
			assertThat(started).isNotEmpty().noneMatch((watchdog) -> watchdog.getContextClassLoader() == application);
		}
		finally {
			thread.setContextClassLoader(own);
		}
	}

	@Test
	void whenCallsEndThenManyOfThemAreNotTakenForOne() {
		this.router.subscribe(HandlerSpec.on("event").id("quick").handler((event, payload) -> {
		}).build());
		this.router.subscribe(HandlerSpec.on("event").id("hung").async().handler(this::hangUp).build());
		this.router.emit("event", null);
		Books.pass(this.hanging);
		// As long as the watchdog needs to find the one that hangs.
		Books.eventually(() -> {
			for (int i = 0; i < 1000; i++) {
				this.router.emit("event", null);
			}
			this.time.advance(THRESHOLD);
			return !this.router.handlerSnapshot("hung").stuckCalls().isEmpty();
		});
		assertThat(this.log.lines("'quick' has been busy")).isEmpty();
	}

	@Test
	void whenThresholdIsZeroThenNoCallIsReported() {
		AtomicInteger looks = new AtomicInteger();
		use(counting(looks).stuckThreshold(Duration.ZERO).handlerTimeout(THRESHOLD));
		this.router.subscribe(HandlerSpec.on("event").id("never reported").handler(this::hangUp).build());
		new Thread(() -> this.router.emit("event", null)).start();
		Books.pass(this.hanging);
		for (int i = 0; i < 3; i++) {
			untilLooked(looks);
			this.time.advance(Duration.ofDays(1));
		}
		assertThat(this.router.handlerSnapshot("never reported").stuckCalls()).isEmpty();
		assertThat(this.log.lines("'never reported' has been busy")).isEmpty();
	}

	@Test
	void whenRouterHasAHandlerThenOneThreadWatchesUntilItCloses() {
		Set<Thread> before = watchdogs();
		use(this.time.router());
		assertThat(before).containsAll(watchdogs());
		subscribeNothing(this.router);
		subscribeNothing(this.router);
		Set<Thread> own = watchdogs();
		own.removeAll(before);
		assertThat(own).singleElement().matches(Thread::isDaemon);
		this.router.close();
		Books.eventually(() -> own.stream().noneMatch(Thread::isAlive));
	}

	@Test
	void whenRouterIsForgottenThenItsWatchdogGoes() {
		Set<Thread> before = watchdogs();
		WeakReference<TelemetryRouter> forgotten = new WeakReference<>(forget());
		Set<Thread> own = watchdogs();
		own.removeAll(before);
		assertThat(own).hasSize(1);
		Books.eventually(() -> {
			System.gc();
			return forgotten.get() == null && own.stream().noneMatch(Thread::isAlive);
		});
	}

	private static TelemetryRouter forget() {
		TelemetryRouter router = TelemetryRouter.builder().stuckThreshold(THRESHOLD).build();
		subscribeNothing(router);
		router.emit("event", null);
		return router;
	}

	private static void subscribeNothing(TelemetryRouter router) {
		router.subscribeAll((event, payload) -> {
		});
	}

	private static Set<Thread> watchdogs() {
		return threads().filter((thread) -> thread.getName().equals("telemetry-router:watchdog"))
			.collect(Collectors.toCollection(HashSet::new));
	}

	private static Stream<Thread> threads() {
		return Thread.getAllStackTraces().keySet().stream();
	}

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
		// What it did on return counts nowhere.
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
		// What the calls did after they were given up is no verdict.
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
		AtomicInteger leaked = new AtomicInteger();
		AtomicInteger calls = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event").id("late").async().concurrency(4).handler((event, payload) -> {
			if (Thread.currentThread().isInterrupted()) {
				leaked.incrementAndGet();
			}
			calls.incrementAndGet();
			long until = System.nanoTime() + timeout.toNanos() - 1_000_000 + 100_000L * ((int) payload % 30);
			while (System.nanoTime() < until) {
				Thread.onSpinWait();
			}
		}).build());
		for (int i = 0; i < 100; i++) {
			this.router.emit("event", i);
		}
		HandlerAccount account = Books.balanced(this.router).handlers().get("late").account();
		assertThat(account.handled() + account.failed()).isEqualTo(100);
		assertThat(calls).hasValue(100);
		assertThat(leaked).hasValue(0);
	}

}
