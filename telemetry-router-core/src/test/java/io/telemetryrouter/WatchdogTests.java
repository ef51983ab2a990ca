package io.telemetryrouter;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.LogRecord;
import java.util.stream.Collectors;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that do not end are reported.
 */
class WatchdogTests extends WatchedRouter {

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

	@Test
	void whenStuckCallHasReturnedThenTheHandlerIsActiveBeforeTheWatchdogChecks() {
		// The watchdog checks once a second.
		Duration threshold = Duration.ofMinutes(1);
		use(this.time.router().stuckThreshold(threshold));
		this.router.subscribe(HandlerSpec.on("event").id("back").handler(this::hangUp).build());
		CompletableFuture<Void> emit = CompletableFuture.runAsync(() -> this.router.emit("event", null));
		Books.pass(this.hanging);
		Books.eventually(() -> {
			this.time.advance(threshold);
			return this.router.handlerSnapshot("back").status() == HandlerStatus.STUCK;
		});
		this.hang.countDown();
		assertThat(emit).succeedsWithin(Books.LIMIT);
		assertThat(this.router.handlerSnapshot("back").status()).isEqualTo(HandlerStatus.ACTIVE);
		assertThat(this.router.handlerSnapshot("back").stuckCalls()).isEmpty();
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

}
