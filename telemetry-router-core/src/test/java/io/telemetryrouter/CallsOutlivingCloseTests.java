package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Calls that still run at the end of the shutdown timeout: each is abandoned and counted
 * as failed once, regardless of its return.
 */
class CallsOutlivingCloseTests {

	private static final Duration TIMEOUT = Duration.ofMillis(20);

	private final CountDownLatch release = new CountDownLatch(1);

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = TelemetryRouter.builder().shutdownTimeout(TIMEOUT).build();
	}

	@AfterEach
	void close() {
		this.release.countDown();
		this.router.close();
		this.log.close();
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.log.close();
		this.log = new CapturedLog();
		this.router = builder.shutdownTimeout(TIMEOUT).build();
	}

	/**
	 * Returns a handler that ignores interrupts.
	 */
	private PayloadHandler<Object> deaf(CountDownLatch begun, CountDownLatch returned) {
		return (event, payload) -> {
			begun.countDown();
			Books.passUninterruptibly(this.release);
			returned.countDown();
		};
	}

	private void assertGivenUp(int calls, List<CompletableFuture<EmitOutcome>> outcomes) throws Exception {
		Books.eventually(() -> Books.of(this.router, "deaf").failed() == calls);
		HandlerAccount account = Books.of(this.router, "deaf");
		assertThat(account.running()).isZero();
		assertThat(account.queued()).isZero();
		assertThat(account.isBalanced()).isTrue();
		for (CompletableFuture<EmitOutcome> outcome : outcomes) {
			assertThat(outcome.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS).offered()).isOne();
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenCallOutlivesTheCloseThenItIsFailedAndItsFutureCompletes(boolean handlerTimeout) throws Exception {
		use(TelemetryRouter.builder().handlerTimeout(handlerTimeout ? Duration.ofDays(1) : Duration.ZERO));
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch returned = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event").id("deaf").async().handler(deaf(begun, returned)).build());
		List<CompletableFuture<EmitOutcome>> outcomes = new ArrayList<>();
		outcomes.add(this.router.emitAsync("event", 1));
		Books.pass(begun);
		outcomes.add(this.router.emitAsync("event", 2));
		this.router.close();
		assertGivenUp(1, outcomes);
		assertThat(outcomes.get(0)).isCompletedWithValue(new EmitOutcome(0, 1, 0, 0));
		assertThat(outcomes.get(1)).isCompletedWithValue(new EmitOutcome(0, 0, 0, 1));
		assertThat(this.log.lines("closed in")).singleElement()
			.asString()
			.contains("offered=2, handled=0, failed=1,", "shutdown_timeout=1", "running=0");
		// What it does later counts nowhere.
		this.release.countDown();
		Books.pass(returned);
		Books.quiet(this.router);
		assertThat(Books.of(this.router, "deaf").handled()).isZero();
		assertThat(Books.of(this.router, "deaf").failed()).isOne();
	}

	@Test
	void whenSeveralCallsOutliveTheCloseThenEachIsFailed() throws Exception {
		CountDownLatch begun = new CountDownLatch(3);
		this.router.subscribe(HandlerSpec.on("event")
			.id("deaf")
			.async()
			.concurrency(3)
			.handler(deaf(begun, new CountDownLatch(3)))
			.build());
		List<CompletableFuture<EmitOutcome>> outcomes = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			outcomes.add(this.router.emitAsync("event", i));
		}
		Books.pass(begun);
		this.router.close();
		assertGivenUp(3, outcomes);
	}

	@Test
	void whenCallOnTheUsersExecutorOutlivesTheCloseThenItIsFailed() throws Exception {
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			use(TelemetryRouter.builder().laneExecutor(executor));
			CountDownLatch begun = new CountDownLatch(1);
			this.router.subscribe(HandlerSpec.on("event").id("deaf").async().handler(deaf(begun, begun)).build());
			List<CompletableFuture<EmitOutcome>> outcomes = List.of(this.router.emitAsync("event", 1));
			Books.pass(begun);
			this.router.close();
			assertGivenUp(1, outcomes);
		}
		finally {
			this.release.countDown();
			executor.shutdown();
		}
	}

	@Test
	void whenCallOfAHandlerThatHasLeftOutlivesTheCloseThenItIsFailed() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		this.router
			.subscribe(HandlerSpec.on("event").async().once().handler(deaf(begun, new CountDownLatch(1))).build());
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("event", 1);
		Books.pass(begun);
		this.router.close();
		assertThat(outcome.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 1, 0, 0));
		HandlerAccount retired = Books.quiet(this.router).retired();
		assertThat(retired.failed()).isOne();
		assertThat(retired.running()).isZero();
	}

	@Test
	void whenCallOfAClosedSubscriptionOutlivesTheCloseThenItIsFailed() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		Subscription subscription = this.router
			.subscribe(HandlerSpec.on("event").async().handler(deaf(begun, new CountDownLatch(1))).build());
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("event", 1);
		Books.pass(begun);
		subscription.close();
		this.router.close();
		assertThat(outcome.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 1, 0, 0));
		assertThat(Books.quiet(this.router).retired().failed()).isOne();
	}

	@Test
	void whenHandlerClosesTheRouterAndNeverReturnsThenItsCallIsFailed() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		PayloadHandler<Object> deaf = deaf(begun, new CountDownLatch(1));
		this.router.subscribe(HandlerSpec.on("event").id("deaf").async().handler((event, payload) -> {
			this.router.close();
			deaf.handle(event, payload);
		}).build());
		List<CompletableFuture<EmitOutcome>> outcomes = List.of(this.router.emitAsync("event", 1));
		Books.pass(begun);
		assertGivenUp(1, outcomes);
		Books.eventually(() -> !this.log.lines("closed in").isEmpty());
		assertThat(this.log.lines("closed in")).singleElement().asString().contains("failed=1,", "running=0");
	}

	/**
	 * Calls that end just when they are given up are counted once.
	 */
	@Test
	void whenCallsEndAroundTheEndOfTheCloseThenEachIsCountedOnce() throws Exception {
		for (int round = 0; round < 50; round++) {
			TelemetryRouter closing = TelemetryRouter.builder()
				.shutdownTimeout(Duration.ofMillis(1))
				.logger(new Silence())
				.build();
			int spins = 2_000 * round;
			closing.subscribe(HandlerSpec.on("event").id("late").async().handler((event, payload) -> {
				for (int i = 0; i < spins; i++) {
					Thread.onSpinWait();
				}
			}).build());
			List<CompletableFuture<EmitOutcome>> outcomes = new ArrayList<>();
			for (int i = 0; i < 3; i++) {
				outcomes.add(closing.emitAsync("event", i));
			}
			closing.close();
			for (CompletableFuture<EmitOutcome> outcome : outcomes) {
				assertThat(outcome.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS).offered()).isOne();
			}
			assertThat(Books.total(Books.quiet(closing)).offered()).isEqualTo(3);
		}
	}

	/** The origin of a monotonic clock is arbitrary, so its readings may be negative. */
	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenMonotonicClockIsNegativeThenCallThatOutlivesTheCloseIsFailed(boolean measured) throws Exception {
		use(TelemetryRouter.builder()
			.measureLatency(measured)
			.nanoTime(() -> System.nanoTime() - Duration.ofDays(90_000).toNanos()));
		CountDownLatch begun = new CountDownLatch(1);
		this.router
			.subscribe(HandlerSpec.on("event").id("deaf").async().handler(deaf(begun, new CountDownLatch(1))).build());
		List<CompletableFuture<EmitOutcome>> outcomes = List.of(this.router.emitAsync("event", 1));
		Books.pass(begun);
		this.router.close();
		assertGivenUp(1, outcomes);
	}

	@Test
	void whenMonotonicClockJumpsBackThenCallThatOutlivesTheCloseIsFailed() throws Exception {
		AtomicLong jump = new AtomicLong();
		use(TelemetryRouter.builder().nanoTime(() -> System.nanoTime() - jump.get()));
		CountDownLatch begun = new CountDownLatch(1);
		this.router
			.subscribe(HandlerSpec.on("event").id("deaf").async().handler(deaf(begun, new CountDownLatch(1))).build());
		List<CompletableFuture<EmitOutcome>> outcomes = List.of(this.router.emitAsync("event", 1));
		Books.pass(begun);
		jump.set(Duration.ofHours(1).toNanos());
		this.router.close();
		assertGivenUp(1, outcomes);
	}

}
