package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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
 * Rule 5: {@code emitAsync} reports the outcomes of an event.
 */
class EmitAsyncTests {

	private final CapturedLog log = new CapturedLog();

	private TelemetryRouter router = TelemetryRouter.builder().build();

	private final CountDownLatch gate = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.gate.countDown();
		this.router.close();
		this.log.close();
	}

	@Test
	void whenNobodyListensThenOutcomeIsEmptyAndThereAtOnce() {
		assertThat(this.router.emitAsync("event", null)).isCompletedWithValue(new EmitOutcome(0, 0, 0, 0));
	}

	@Test
	void whenAllHandlersAreSyncThenTheyRanInlineAndOutcomeIsThereAtOnce() {
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		this.router.subscribe("event", (name, payload) -> threads.add(Thread.currentThread()));
		assertThat(this.router.emitAsync("event", null)).isCompletedWithValue(new EmitOutcome(1, 0, 0, 0));
		assertThat(threads).containsExactly(Thread.currentThread());
	}

	@Test
	void whenAsyncHandlerIsNotDoneThenOutcomeWaitsForIt() throws Exception {
		AtomicBoolean sync = new AtomicBoolean();
		AtomicBoolean done = new AtomicBoolean();
		this.router.subscribe("event", (name, payload) -> sync.set(true));
		subscribeAsync("quick", (name, payload) -> {
		});
		subscribeAsync("slow", (name, payload) -> {
			Books.pass(this.gate);
			done.set(true);
		});
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("event", null);
		assertThat(sync).isTrue();
		Books.eventually(() -> Books.of(this.router, "quick").handled() == 1);
		assertThat(outcome).isNotDone();
		this.gate.countDown();
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(3, 0, 0, 0));
		assertThat(done).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlersFareDifferentlyThenOutcomeCountsEach(boolean measured) {
		use(TelemetryRouter.builder().measureLatency(measured));
		for (HandlerMode mode : HandlerMode.values()) {
			this.router.subscribe(HandlerSpec.on("event").mode(mode).handler((name, payload) -> {
			}).build());
			this.router.subscribe(HandlerSpec.on("event").mode(mode).eventHandler((event) -> {
			}).build());
			this.router.subscribe(HandlerSpec.on("event").mode(mode).handler((name, payload) -> {
				throw new Exception("bad");
			}).build());
			this.router
				.subscribe(HandlerSpec.on("event").mode(mode).condition((event) -> false).handler((name, payload) -> {
				}).build());
			this.router.subscribe(HandlerSpec.on("event").mode(mode).condition((event) -> {
				throw new IllegalStateException("bad");
			}).handler((name, payload) -> {
			}).build());
			this.router
				.subscribe(HandlerSpec.on("event").mode(mode).payloadType(String.class).handler((name, payload) -> {
				}).build());
			this.router.subscribe(HandlerSpec.onPayload(String.class).mode(mode).handler((name, payload) -> {
			}).build());
		}
		EmitOutcome outcome = Books.result(this.router.emitAsync("event", 1));
		assertThat(outcome).isEqualTo(new EmitOutcome(4, 2, 4, 4));
		assertThat(outcome.offered()).isEqualTo(14);
		assertThat(Books.total(Books.balanced(this.router)).offered()).isEqualTo(14);
	}

	@Test
	void whenQueueIsFullThenOutcomeCountsTheDrop() {
		hang(OverflowPolicy.DROP_NEWEST);
		assertThat(this.router.emitAsync("event", 3)).isCompletedWithValue(new EmitOutcome(0, 0, 0, 1));
	}

	@Test
	void whenEventIsEvictedThenItsOutcomeCountsTheDrop() throws Exception {
		hang(OverflowPolicy.DROP_OLDEST);
		CompletableFuture<EmitOutcome> evicted = this.router.emitAsync("event", 3);
		assertThat(evicted).isNotDone();
		CompletableFuture<EmitOutcome> last = this.router.emitAsync("event", 4);
		assertThat(evicted.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 1));
		assertThat(last).isNotDone();
		this.gate.countDown();
		assertThat(last.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(1, 0, 0, 0));
	}

	@Test
	void whenHandlerIsUnsubscribedThenOutcomeCountsTheDrop() throws Exception {
		Subscription subscription = hang(OverflowPolicy.DROP_OLDEST);
		CompletableFuture<EmitOutcome> queued = this.router.emitAsync("event", 3);
		subscription.close();
		assertThat(queued.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 1));
	}

	@Test
	void whenRouterClosesFirstThenOutcomeCountsTheDrop() throws Exception {
		use(TelemetryRouter.builder().shutdownTimeout(Duration.ZERO));
		hang(OverflowPolicy.DROP_OLDEST);
		CompletableFuture<EmitOutcome> queued = this.router.emitAsync("event", 3);
		this.router.close();
		assertThat(queued.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 1));
		assertThat(this.router.emitAsync("event", 4)).isCompletedWithValue(new EmitOutcome(0, 0, 0, 1));
	}

	@Test
	void whenEventsAreHeldThenOutcomeWaitsUntilTheyAreDelivered() throws Exception {
		use(TelemetryRouter.builder().holdEvents(2));
		CompletableFuture<EmitOutcome> held = this.router.emitAsync("event", 1);
		CompletableFuture<EmitOutcome> unheard = this.router.emitAsync("unheard", 2);
		CompletableFuture<EmitOutcome> beyond = this.router.emitAsync("event", 3);
		assertThat(held).isNotDone();
		assertThat(unheard).isNotDone();
		assertThat(beyond).isCompletedWithValue(new EmitOutcome(0, 0, 0, 1));
		this.router.subscribe("event", (name, payload) -> {
		});
		subscribeAsync("lane", (name, payload) -> Books.pass(this.gate));
		this.router.start();
		assertThat(unheard.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 0));
		assertThat(held).isNotDone();
		this.gate.countDown();
		assertThat(held.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(2, 0, 0, 0));
	}

	@Test
	void whenRouterClosesBeforeItStartsThenHeldOutcomeCompletes() throws Exception {
		use(TelemetryRouter.builder().holdEvents(2));
		CompletableFuture<EmitOutcome> held = this.router.emitAsync("event", 1);
		this.router.subscribe("event", (name, payload) -> {
		});
		this.router.close();
		assertThat(held.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 1));
	}

	@Test
	void whenHandlersThrowThenOutcomeIsNeverExceptional() {
		use(TelemetryRouter.builder().quarantine(QuarantineSettings.disabled()));
		List<CompletableFuture<EmitOutcome>> outcomes = new ArrayList<>();
		for (HandlerMode mode : HandlerMode.values()) {
			this.router.subscribe(HandlerSpec.on("event").mode(mode).handler((name, payload) -> {
				throw new StackOverflowError();
			}).build());
		}
		for (int i = 0; i < 100; i++) {
			outcomes.add(this.router.emitAsync("event", i));
		}
		assertThat(outcomes)
			.allSatisfy((outcome) -> assertThat(Books.result(outcome)).isEqualTo(new EmitOutcome(0, 2, 0, 0)));
	}

	@Test
	void whenDependentHangsThenNeitherEmitterNorLaneWaits() {
		AtomicInteger handled = new AtomicInteger();
		subscribeAsync("lane", (name, payload) -> handled.incrementAndGet());
		AtomicReference<@Nullable Thread> dependent = new AtomicReference<>();
		for (int i = 0; i < 10; i++) {
			this.router.emitAsync("event", i).thenRun(() -> {
				dependent.set(Thread.currentThread());
				if (Thread.currentThread().getName().startsWith("telemetry-router:")) {
					Books.pass(this.gate);
				}
			});
		}
		Books.eventually(() -> handled.get() == 10);
	}

	@Test
	void whenDependentThrowsThenLaneGoesOn() {
		AtomicInteger handled = new AtomicInteger();
		CountDownLatch attached = new CountDownLatch(1);
		subscribeAsync("lane", (name, payload) -> {
			Books.pass(attached);
			handled.incrementAndGet();
		});
		CompletableFuture<Void> dependent = this.router.emitAsync("event", 1).thenRun(() -> {
			throw new AssertionError("dependent");
		});
		attached.countDown();
		this.router.emit("event", 2);
		Books.eventually(() -> handled.get() == 2 && dependent.isCompletedExceptionally());
		Books.balanced(this.router);
	}

	@Test
	void whenAnothersEventIsEvictedThenItsDependentsDoNotRunOnTheEmitter() {
		assertDependentsRunElsewhere(TelemetryRouter.builder());
	}

	@Test
	void whenExecutorRunsTasksOnTheCallerThenDependentsStillDoNot() {
		assertDependentsRunElsewhere(TelemetryRouter.builder().laneExecutor(Runnable::run));
	}

	@Test
	void whenExecutorRejectsThenDependentsDoNotRunOnTheEmitter() {
		AtomicInteger tasks = new AtomicInteger();
		Executor once = (task) -> {
			if (tasks.incrementAndGet() > 1) {
				throw new RejectedExecutionException("busy");
			}
			new Thread(task).start();
		};
		assertDependentsRunElsewhere(TelemetryRouter.builder().laneExecutor(once));
	}

	private void assertDependentsRunElsewhere(TelemetryRouterBuilder builder) {
		use(builder);
		hang(OverflowPolicy.DROP_OLDEST);
		AtomicReference<@Nullable Thread> dependent = new AtomicReference<>();
		this.router.emitAsync("event", 3).thenRun(() -> dependent.set(Thread.currentThread()));
		this.router.emit("event", 4);
		Books.eventually(() -> dependent.get() != null);
		assertThat(dependent.get()).isNotSameAs(Thread.currentThread());
	}

	@Test
	void whenFutureIsCancelledByItsOwnerThenEventIsHandledAllTheSame() {
		AtomicInteger handled = new AtomicInteger();
		subscribeAsync("lane", (name, payload) -> {
			Books.pass(this.gate);
			handled.incrementAndGet();
		});
		this.router.emitAsync("event", 1).cancel(true);
		this.gate.countDown();
		Books.balanced(this.router);
		assertThat(handled).hasValue(1);
	}

	@Test
	void whenHandlerEmitsAsyncThenOutcomeIsThatOfTheInnerEvent() {
		AtomicReference<@Nullable CompletableFuture<EmitOutcome>> inner = new AtomicReference<>();
		this.router.subscribe(HandlerSpec.on("outer").async().handler((name, payload) -> {
			inner.set(this.router.emitAsync("inner", payload));
		}).build());
		this.router.subscribe(HandlerSpec.on("inner").async().handler((name, payload) -> {
			throw new Exception("bad");
		}).build());
		assertThat(Books.result(this.router.emitAsync("outer", 1))).isEqualTo(new EmitOutcome(1, 0, 0, 0));
		assertThat(Books.result(inner.get())).isEqualTo(new EmitOutcome(0, 1, 0, 0));
	}

	@Test
	void whenManyThreadsEmitThenEveryOutcomeCompletesAndTheirSumIsTheAccount() throws Exception {
		this.router.subscribe(HandlerSpec.on("event").async().maxQueue(8).handler((name, payload) -> {
		}).build());
		this.router.subscribe(HandlerSpec.on("event")
			.async()
			.maxQueue(8)
			.overflow(OverflowPolicy.DROP_OLDEST)
			.concurrency(2)
			.handler((name, payload) -> {
				if (payload.equals(1)) {
					throw new Exception("bad");
				}
			})
			.build());
		this.router.subscribe(HandlerSpec.on("event").condition((event) -> false).handler((name, payload) -> {
		}).build());
		int producers = 4;
		int events = 2000;
		Set<CompletableFuture<EmitOutcome>> outcomes = ConcurrentHashMap.newKeySet();
		Parallel.run(producers, (number) -> {
			for (int i = 0; i < events; i++) {
				outcomes.add(this.router.emitAsync("event", i % 3));
			}
		});
		EmitOutcome sum = new EmitOutcome(0, 0, 0, 0);
		for (CompletableFuture<EmitOutcome> future : outcomes) {
			EmitOutcome outcome = future.get(30, TimeUnit.SECONDS);
			assertThat(outcome.offered()).isEqualTo(3);
			sum = new EmitOutcome(sum.handled() + outcome.handled(), sum.failed() + outcome.failed(),
					sum.filtered() + outcome.filtered(), sum.dropped() + outcome.dropped());
		}
		HandlerAccount total = Books.total(Books.balanced(this.router));
		assertThat(total.offered()).isEqualTo(3L * producers * events).isEqualTo(sum.offered());
		assertThat(total.handled()).isEqualTo(sum.handled());
		assertThat(total.failed()).isEqualTo(sum.failed());
		assertThat(total.filtered()).isEqualTo(sum.filtered());
		assertThat(total.droppedTotal()).isEqualTo(sum.dropped());
	}

	private void subscribeAsync(String id, PayloadHandler<Object> handler) {
		this.router.subscribe(HandlerSpec.on("event").id(id).async().handler(handler).build());
	}

	/**
	 * Subscribes a lane that hangs on its first event and has a second in its queue of
	 * one.
	 * @param policy its policy
	 * @return the subscription
	 */
	private Subscription hang(OverflowPolicy policy) {
		CountDownLatch begun = new CountDownLatch(1);
		Subscription subscription = this.router.subscribe(
				HandlerSpec.on("event").id("lane").async().maxQueue(1).overflow(policy).handler((name, payload) -> {
					begun.countDown();
					Books.pass(this.gate);
				}).build());
		this.router.emit("event", 1);
		Books.pass(begun);
		this.router.emit("event", 2);
		return subscription;
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

}
