package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.telemetryrouter.ScriptedExecutor.Step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assumptions.assumeThat;

/**
 * A lane recovers from tasks that are discarded, fail before they begin, run late, or run
 * after a rejection.
 */
class LaneRecoveryTests {

	private static final int LANES = 24;

	private final ScriptedExecutor executor = new ScriptedExecutor();

	private final List<Object> handled = new CopyOnWriteArrayList<>();

	private final AtomicInteger inside = new AtomicInteger();

	private final AtomicInteger overlaps = new AtomicInteger();

	private final CountDownLatch begun = new CountDownLatch(1);

	private final CountDownLatch hung = new CountDownLatch(1);

	private CapturedLog log;

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.log = new CapturedLog();
		this.router = TelemetryRouter.builder().laneExecutor(this.executor).build();
	}

	@AfterEach
	void close() {
		this.hung.countDown();
		this.router.close();
		this.log.close();
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	/**
	 * Subscribes a handler that notices when it is called twice at once. It hangs with
	 * the payload "hangs".
	 */
	private void subscribe() {
		this.router.subscribe(HandlerSpec.on("event").id("lane").async().handler((event, payload) -> {
			if (this.inside.incrementAndGet() != 1) {
				this.overlaps.incrementAndGet();
			}
			if ("hangs".equals(payload)) {
				this.begun.countDown();
				Books.pass(this.hung);
			}
			this.handled.add(payload);
			this.inside.decrementAndGet();
		}).build());
	}

	@Test
	void whenExecutorDiscardsATaskThenItsEventsAreHandledAllTheSame() throws Exception {
		subscribe();
		this.executor.next(Step.DISCARD);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("event", 1);
		this.router.emit("event", 2);
		Books.eventually(() -> this.handled.size() == 2);
		assertThat(this.handled).containsExactly(1, 2);
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(1, 0, 0, 0));
		Books.balanced(this.router);
		Books.eventually(() -> this.log.lines("has not run handler 'lane' for over a second").size() == 1);
	}

	/** The watchdog looks every millisecond. */
	@Test
	void whenExecutorDelaysATaskForAMomentThenTheRouterLeavesItToTheExecutor() {
		use(TelemetryRouter.builder().laneExecutor(this.executor).stuckThreshold(Duration.ofMillis(10)));
		subscribe();
		this.executor.next(Step.KEEP);
		long start = System.nanoTime();
		this.router.emit("event", 1);
		for (int i = 0; i < 10; i++) {
			Books.passRound(this.router);
		}
		this.executor.runKept();
		Books.balanced(this.router);
		assumeThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
		assertThat(this.log.lines("has not run")).isEmpty();
	}

	@Test
	void whenExecutorDiscardsEveryTaskThenEventsAreHandledAllTheSame() {
		use(TelemetryRouter.builder().laneExecutor(new ScriptedExecutor(Step.DISCARD)));
		subscribe();
		this.router.emit("event", 1);
		Books.eventually(() -> this.handled.size() == 1);
		this.router.emit("event", 2);
		assertThat(this.router.flush(Books.LIMIT).complete()).isTrue();
		assertThat(this.handled).containsExactly(1, 2);
	}

	@Test
	void whenExecutorDiscardsATaskThenOnceHandlerRunsAllTheSame() {
		this.router.subscribe(
				HandlerSpec.on("event").async().once().handler((event, payload) -> this.handled.add(payload)).build());
		this.executor.next(Step.DISCARD);
		this.router.emit("event", 1);
		Books.eventually(() -> this.handled.size() == 1);
		assertThat(Books.balanced(this.router).retired().handled()).isOne();
	}

	@Test
	void whenExecutorDiscardsATaskThenCloseStillDrains() {
		subscribe();
		this.executor.next(Step.DISCARD);
		this.router.emit("event", 1);
		this.router.close();
		assertThat(Books.of(this.router, "lane").handled()).isOne();
	}

	static Stream<RejectedExecutionHandler> policies() {
		return Stream.of(new ThreadPoolExecutor.AbortPolicy(), new ThreadPoolExecutor.DiscardPolicy(),
				new ThreadPoolExecutor.DiscardOldestPolicy(), new ThreadPoolExecutor.CallerRunsPolicy());
	}

	@ParameterizedTest
	@MethodSource("policies")
	void whenPoolIsTooSmallThenEveryLaneGetsItsEventAllTheSame(RejectedExecutionHandler policy) throws Exception {
		ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new ArrayBlockingQueue<>(1),
				policy);
		try {
			use(TelemetryRouter.builder().laneExecutor(pool));
			// Occupies the thread until all others have been emitted.
			pool.execute(() -> Books.pass(this.hung));
			Set<Integer> lanes = ConcurrentHashMap.newKeySet();
			List<CompletableFuture<EmitOutcome>> outcomes = new ArrayList<>();
			for (int i = 0; i < LANES; i++) {
				int lane = i;
				this.router.subscribe(
						HandlerSpec.on("event." + i).async().handler((event, payload) -> lanes.add(lane)).build());
				outcomes.add(this.router.emitAsync("event." + i, null));
			}
			this.hung.countDown();
			Books.eventually(() -> lanes.size() == LANES);
			for (CompletableFuture<EmitOutcome> outcome : outcomes) {
				assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(1, 0, 0, 0));
			}
			Books.balanced(this.router);
		}
		finally {
			this.router.close();
			pool.shutdownNow();
		}
	}

	/**
	 * Nobody can tell a discarded task from one that waits for long.
	 */
	@Test
	void whenATaskThatSeemedLostIsRunAfterAllThenLaneStaysSerial() throws Exception {
		subscribe();
		this.executor.next(Step.KEEP);
		this.router.emit("event", 1);
		Books.eventually(() -> this.handled.size() == 1);
		this.router.emit("event", "hangs");
		Books.pass(this.begun);
		this.router.emit("event", 2);
		// Finds nothing to do: another thread is inside the handler.
		this.executor.runKept().join(Books.LIMIT.toMillis());
		this.router.emit("event", 3);
		assertThat(this.handled).containsExactly(1);
		this.hung.countDown();
		Books.balanced(this.router);
		assertThat(this.overlaps).hasValue(0);
		assertThat(this.handled).containsExactly(1, "hangs", 2, 3);
	}

	@Test
	void whenExecutorThrowsAlthoughItTookTheTaskThenLaneStaysSerial() {
		subscribe();
		this.executor.next(Step.RUN_AND_THROW);
		this.router.emit("event", "hangs");
		Books.pass(this.begun);
		for (int i = 0; i < 3; i++) {
			this.router.emit("event", i);
		}
		// All tasks that were submitted before have had their turn.
		CountDownLatch ran = new CountDownLatch(1);
		this.executor.execute(ran::countDown);
		Books.pass(ran);
		this.hung.countDown();
		Books.balanced(this.router);
		assertThat(this.overlaps).hasValue(0);
		assertThat(this.handled).containsExactly("hangs", 0, 1, 2);
	}

	@Test
	void whenExecutorDiscardsWhatCompletesAFutureThenItCompletesAllTheSame() throws Exception {
		subscribe();
		this.executor.next(Step.RUN, Step.DISCARD);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("event", "hangs");
		assertThat(outcome).isNotDone();
		this.hung.countDown();
		assertThat(outcome.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(1, 0, 0, 0));
	}

	@Test
	void whenExecutorDiscardsWhatEndsAWaitThenItTimesOutAllTheSame() {
		use(TelemetryRouter.builder().laneExecutor(new ScriptedExecutor(Step.DISCARD)));
		CompletableFuture<TelemetryEvent<?>> next = this.router.next("event", (event) -> true, Duration.ofMillis(1));
		assertThatExceptionOfType(Exception.class).isThrownBy(() -> next.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS))
			.havingCause()
			.isInstanceOf(TimeoutException.class);
	}

	/**
	 * Each lane gets its first task on a thread with a little more stack left than the
	 * one before, so that it runs out of it at every place.
	 */
	@Test
	void whenTasksRunOutOfStackThenEveryEventIsCountedAndEveryLaneLives() throws Exception {
		int count = 400;
		AtomicInteger number = new AtomicInteger();
		List<Thread> threads = new CopyOnWriteArrayList<>();
		use(TelemetryRouter.builder().logger(new Silence()).laneExecutor((task) -> {
			int frames = number.getAndIncrement();
			Thread thread = new Thread(null, () -> {
				if (frames < count) {
					if (frames % 2 == 0) {
						// Known to the router before it gets narrow, or not.
						this.router.emit("other", null);
					}
					runNear(frames, new int[1], task);
				}
				else {
					task.run();
				}
			}, "narrow", 256 * 1024);
			threads.add(thread);
			thread.start();
		}));
		this.router.subscribe(HandlerSpec.on("other").id("other").handler((event, payload) -> {
		}).build());
		List<CompletableFuture<EmitOutcome>> outcomes = new ArrayList<>();
		AtomicInteger calls = new AtomicInteger();
		for (int i = 0; i < count; i++) {
			this.router.subscribe(HandlerSpec.on("event." + i)
				.id("lane." + i)
				.async()
				.handler((event, payload) -> calls.incrementAndGet())
				.build());
			outcomes.add(this.router.emitAsync("event." + i, null));
			for (Thread thread : threads) {
				thread.join();
			}
		}
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(snapshot.handlers().values()).filteredOn((handler) -> handler.mode() == HandlerMode.ASYNC)
			.hasSize(count)
			.allSatisfy((lane) -> assertThat(lane.account().offered()).isOne());
		for (CompletableFuture<EmitOutcome> outcome : outcomes) {
			assertThat(outcome.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS).offered()).isOne();
		}
		for (int i = 0; i < count; i++) {
			this.router.emit("event." + i, null);
		}
		snapshot = Books.balanced(this.router);
		assertThat(snapshot.handlers().values()).filteredOn((handler) -> handler.mode() == HandlerMode.ASYNC)
			.allSatisfy((lane) -> assertThat(lane.account().offered()).isEqualTo(2));
	}

	/**
	 * Uses up the stack and runs a task so many frames before its end.
	 * @param frames how many
	 * @param unwound counts them, from zero
	 * @param task the task
	 */
	@SuppressWarnings("InfiniteRecursion")
	static void runNear(int frames, int[] unwound, Runnable task) {
		try {
			runNear(frames, unwound, task);
		}
		catch (StackOverflowError ex) {
			if (unwound[0]++ == frames) {
				task.run();
				return;
			}
			if (unwound[0] <= frames) {
				throw ex;
			}
		}
	}

}
