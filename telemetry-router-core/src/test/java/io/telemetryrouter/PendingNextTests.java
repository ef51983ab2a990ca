package io.telemetryrouter;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

/**
 * A pending {@code next} is internal to the router: it appears in no counter, and not in
 * the outcomes of an event.
 */
class PendingNextTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final CapturedLog log = new CapturedLog();

	private final CountDownLatch hang = new CountDownLatch(1);

	private TelemetryRouter router = TelemetryRouter.builder().slowThreshold(LONG).build();

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
		this.log.close();
	}

	// What it retains

	@ParameterizedTest
	@ValueSource(strings = { "a*", "**.a" })
	void whenPatternIsMalformedThenNothingOfTheRouterIsRetained(String malformed) {
		List<WeakReference<?>> retained = new ArrayList<>();
		awaitMalformed(malformed, retained);
		// The timer would run for an hour.
		Books.eventually(() -> {
			System.gc();
			return retained.stream().allMatch((reference) -> reference.get() == null);
		});
	}

	private static void awaitMalformed(String malformed, List<WeakReference<?>> retained) {
		String pattern = new String(malformed);
		Executor executor = new ThreadPerTask(pattern);
		TelemetryRouter router = TelemetryRouter.builder().laneExecutor(executor).build();
		assertThatIllegalArgumentException()
			.isThrownBy(() -> router.next(pattern, (event) -> true, Duration.ofHours(1)))
			.withMessageContaining(malformed);
		router.close();
		for (Object part : List.of(pattern, executor, router)) {
			retained.add(new WeakReference<>(part));
		}
	}

	@ParameterizedTest
	@NullSource
	@ValueSource(strings = { "", " ", "a*" })
	void whenPatternIsMalformedThenNothingIsRegistered(String malformed) {
		assertThatIllegalArgumentException().isThrownBy(() -> this.router.next(malformed, (event) -> true, LONG));
		assertThat(this.router.snapshot().events()).isEmpty();
		assertThat(this.router.hasHandlers("a")).isFalse();
	}

	@Test
	void whenDoneForWhateverReasonThenNothingOfTheRouterIsRetained() {
		List<WeakReference<?>> retained = new ArrayList<>();
		awaitAndEnd(retained);
		Books.eventually(() -> {
			System.gc();
			return retained.stream().allMatch((reference) -> reference.get() == null);
		});
	}

	private static void awaitAndEnd(List<WeakReference<?>> retained) {
		TelemetryRouter router = TelemetryRouter.builder().build();
		CompletableFuture<TelemetryEvent<?>> completed = router.next("x", (event) -> true, Duration.ofHours(1));
		CompletableFuture<TelemetryEvent<?>> cancelled = router.next("x", (event) -> false, Duration.ofHours(1));
		CompletableFuture<TelemetryEvent<?>> closed = router.next("y", (event) -> true, Duration.ofHours(1));
		router.emit("x", 1);
		assertThat(completed).succeedsWithin(LONG);
		cancelled.cancel(false);
		router.close();
		assertThat(closed).isCancelled();
		for (Object future : List.of(router, completed, cancelled, closed)) {
			retained.add(new WeakReference<>(future));
		}
	}

	// What shows

	@Test
	void whenOnlyNextsMatchThenOutcomeIsEmpty() throws Exception {
		this.router.next("x", (event) -> true, LONG);
		this.router.next("*", (event) -> false, LONG);
		this.router.next("**", (event) -> {
			throw new IllegalStateException("on purpose");
		}, LONG);
		assertThat(outcome("x")).isEqualTo(new EmitOutcome(0, 0, 0, 0));
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlersMatchTooThenOutcomeIsTheirs(HandlerMode mode) throws Exception {
		this.router.subscribe(HandlerSpec.on("x").mode(mode).handler((event, payload) -> {
		}).build());
		this.router.subscribe(HandlerSpec.on("x").mode(mode).condition((event) -> false).handler((event, payload) -> {
		}).build());
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true, LONG);
		this.router.next("x", (event) -> false, LONG);
		assertThat(outcome("x")).isEqualTo(new EmitOutcome(1, 0, 1, 0));
		assertThat(next).succeedsWithin(LONG);
	}

	@Test
	void whenDependentActionHangsThenOutcomeDoesNotWaitForIt() throws Exception {
		this.router.next("x", (event) -> true, LONG).thenAccept((event) -> Books.pass(this.hang));
		assertThat(outcome("x")).isEqualTo(new EmitOutcome(0, 0, 0, 0));
	}

	private EmitOutcome outcome(String event) throws Exception {
		return this.router.emitAsync(event, 1).get(30, TimeUnit.SECONDS);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenOnlyNextsMatchThenEventIsUnhandled(boolean accepted) {
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> accepted, LONG);
		this.router.emit("x", 1);
		if (accepted) {
			assertThat(next).succeedsWithin(LONG);
		}
		this.router.emit("x", 2);
		for (EventSnapshot event : List.of(this.router.eventSnapshot("x"), this.router.snapshot().events().get("x"))) {
			assertThat(event.emitted()).isEqualTo(2);
			assertThat(event.unhandled()).isEqualTo(2);
			assertThat(event.handlers()).isEmpty();
			// Unhandled events are not measured.
			assertThat(event.latency()).isEqualTo(LatencySnapshot.EMPTY);
		}
	}

	@Test
	void whenHandlerMatchesTooThenEventIsNotUnhandled() {
		this.router.subscribe("x", (event, payload) -> {
		});
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true, LONG);
		this.router.emit("x", 1);
		assertThat(next).succeedsWithin(LONG);
		EventSnapshot event = this.router.eventSnapshot("x");
		assertThat(event.unhandled()).isZero();
		assertThat(event.latency().count()).isOne();
	}

	@Test
	void whenNextsHaveEndedThenRetiredHasNothingOfThem() {
		for (int i = 0; i < 20; i++) {
			CompletableFuture<TelemetryEvent<?>> completed = this.router.next("x", (event) -> true, LONG);
			CompletableFuture<TelemetryEvent<?>> cancelled = this.router.next("x", (event) -> false, LONG);
			CompletableFuture<TelemetryEvent<?>> expired = this.router.next("x", (event) -> false,
					Duration.ofMillis(1));
			CompletableFuture<TelemetryEvent<?>> failing = this.router.next("x", (event) -> {
				throw new IllegalStateException("on purpose");
			}, LONG);
			this.router.emit("x", i);
			assertThat(completed).succeedsWithin(LONG);
			assertThat(expired).failsWithin(LONG);
			cancelled.cancel(false);
			failing.cancel(false);
		}
		Books.quiet(this.router);
		assertThat(this.router.snapshot().retired()).isEqualTo(HandlerAccount.EMPTY);
	}

	@Test
	void whenNextIsPendingThenRetiredHasNothingOfIt() {
		CountDownLatch hanging = new CountDownLatch(1);
		this.router.next("x", (event) -> true, LONG).thenAccept((event) -> {
			hanging.countDown();
			Books.pass(this.hang);
		});
		this.router.emit("x", 1);
		Books.pass(hanging);
		assertThat(this.router.snapshot().retired()).isEqualTo(HandlerAccount.EMPTY);
	}

	@Test
	void whenHandlersHaveLeftTooThenRetiredIsTheirs() {
		this.router.subscribeOnce("x", (event, payload) -> {
		});
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("x", (event) -> true, LONG);
		this.router.emit("x", 1);
		assertThat(next).succeedsWithin(LONG);
		Books.quiet(this.router);
		HandlerAccount retired = this.router.snapshot().retired();
		assertThat(retired.offered()).isOne();
		assertThat(retired.handled()).isOne();
	}

	@Test
	void whenRouterClosesThenItsTotalsHaveNothingOfNexts() {
		this.router.subscribe("only x", (event, payload) -> {
		});
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("only x", (event) -> true, LONG);
		CompletableFuture<TelemetryEvent<?>> pending = this.router.next("only x", (event) -> false, LONG);
		this.router.emit("only x", 1);
		assertThat(next).succeedsWithin(LONG);
		Books.quiet(this.router);
		this.router.close();
		assertThat(pending).isCancelled();
		assertThat(this.log.lines("router closed in"))
			.anySatisfy((line) -> assertThat(line).contains("offered=1, handled=1, failed=0, filtered=0"));
	}

	@Test
	void whenDependentActionHangsThenFlushKnowsNothingOfIt() {
		CountDownLatch hanging = new CountDownLatch(1);
		this.router.next("x", (event) -> true, LONG).thenAccept((event) -> {
			hanging.countDown();
			Books.pass(this.hang);
		});
		this.router.emit("x", 1);
		Books.pass(hanging);
		FlushResult result = this.router.flush(Duration.ofMillis(1));
		assertThat(result.pendingByHandler()).isEmpty();
		assertThat(result.complete()).isTrue();
	}

	@Test
	void whenDependentActionTakesLongThenNobodyIsReported() {
		ManualTime time = new ManualTime();
		use(time.router().stuckThreshold(Duration.ofMillis(10)).handlerTimeout(Duration.ofMillis(10)));
		CountDownLatch hanging = new CountDownLatch(1);
		AtomicInteger interrupts = new AtomicInteger();
		CompletableFuture<Void> dependent = this.router.next("own action", (event) -> true, LONG)
			.thenAccept((event) -> {
				hanging.countDown();
				try {
					this.hang.await();
				}
				catch (InterruptedException ex) {
					interrupts.incrementAndGet();
				}
			});
		CountDownLatch handlerHangs = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("own action").id("real").async().handler((event, payload) -> {
			try {
				handlerHangs.await();
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}).build());
		this.router.emit("own action", 1);
		Books.pass(hanging);
		// The watchdog finds the one that is a handler, and with it all there is.
		for (int i = 0; i < 2; i++) {
			long failed = i;
			Books.eventually(() -> {
				time.advance(Duration.ofMillis(10));
				return Books.of(this.router, "real").failed() > failed;
			});
			this.router.emit("own action", 1);
		}
		this.hang.countDown();
		handlerHangs.countDown();
		assertThat(dependent).succeedsWithin(LONG);
		assertThat(interrupts).hasValue(0);
		assertThat(this.log.lines("'next-")).isEmpty();
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	private record ThreadPerTask(String name) implements Executor {

		@Override
		public void execute(Runnable task) {
			new Thread(task, this.name).start();
		}

	}

}
