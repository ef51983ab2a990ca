package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Lanes on an executor of the user that is busy, rejects tasks, or runs them on the
 * caller.
 */
class LaneExecutorTests {

	private TelemetryRouter router = TelemetryRouter.builder().build();

	private final CountDownLatch hung = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.hung.countDown();
		this.router.close();
	}

	@Test
	void whenLaneExecutorIsGivenThenHandlersRunOnIt() {
		ExecutorService executor = Executors.newSingleThreadExecutor((task) -> new Thread(task, "mine"));
		try {
			use(TelemetryRouter.builder().laneExecutor(executor));
			Set<String> names = ConcurrentHashMap.newKeySet();
			this.router
				.subscribe(async("a").handler((name, payload) -> names.add(Thread.currentThread().getName())).build());
			this.router
				.subscribe(async("b").handler((name, payload) -> names.add(Thread.currentThread().getName())).build());
			for (int i = 0; i < 1000; i++) {
				this.router.emit("event", i);
			}
			Books.balanced(this.router);
			assertThat(names).containsExactly("mine");
			this.router.close();
			assertThat(executor.isShutdown()).isFalse();
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenLanesShareOneThreadThenABusyLaneMakesWay() {
		ManualExecutor executor = new ManualExecutor();
		use(TelemetryRouter.builder().laneExecutor(executor));
		AtomicInteger busy = new AtomicInteger();
		AtomicInteger other = new AtomicInteger();
		AtomicInteger busyWhenOtherRan = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("busy").async().maxQueue(1000).handler((name, payload) -> {
			busy.incrementAndGet();
		}).build());
		this.router.subscribe(HandlerSpec.on("other").async().handler((name, payload) -> {
			other.incrementAndGet();
			busyWhenOtherRan.set(busy.get());
		}).build());
		for (int i = 0; i < 1000; i++) {
			this.router.emit("busy", i);
		}
		this.router.emit("other", null);
		executor.runAll();
		assertThat(other).hasValue(1);
		assertThat(busy).hasValue(1000);
		assertThat(busyWhenOtherRan).hasValueLessThan(1000);
	}

	@Test
	void whenLaneExecutorRunsTasksOnTheCallerThenHandlersStillDoNot() {
		use(TelemetryRouter.builder().laneExecutor(Runnable::run));
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		this.router.subscribe(async("lane").handler((name, payload) -> {
			threads.add(Thread.currentThread());
			if (name.equals("event")) {
				this.router.emit("nested", payload);
			}
		}).build());
		this.router.subscribe("event", (name, payload) -> this.router.emit("nested", payload));
		for (int i = 0; i < 1000; i++) {
			this.router.emit("event", i);
		}
		Books.balanced(this.router);
		assertThat(threads).isNotEmpty().doesNotContain(Thread.currentThread());
	}

	@Test
	void whenLaneExecutorRejectsThenEventsStayQueuedAndAreHandledWithTheNext() {
		try (CapturedLog log = new CapturedLog()) {
			FlakyExecutor executor = new FlakyExecutor();
			use(TelemetryRouter.builder().laneExecutor(executor));
			List<Object> handled = new ArrayList<>();
			this.router.subscribe(async("lane").handler((name, payload) -> handled.add(payload)).build());
			executor.rejects = true;
			this.router.emit("event", 1);
			this.router.emit("event", 2);
			assertThat(Books.of(this.router, "lane").queued()).isEqualTo(2);
			assertThat(log.lines("No thread for handler 'lane'")).hasSize(1);
			executor.rejects = false;
			this.router.emit("event", 3);
			Books.balanced(this.router);
			assertThat(handled).containsExactly(1, 2, 3);
		}
	}

	@Test
	void whenLaneExecutorRejectedThenFlushTriesAgain() {
		try (CapturedLog log = new CapturedLog()) {
			FlakyExecutor executor = new FlakyExecutor();
			use(TelemetryRouter.builder().laneExecutor(executor));
			List<Object> handled = new ArrayList<>();
			this.router.subscribe(async("lane").handler((name, payload) -> handled.add(payload)).build());
			executor.rejects = true;
			this.router.emit("event", 1);
			executor.rejects = false;
			assertThat(this.router.flush(Books.LIMIT).complete()).isTrue();
			assertThat(handled).containsExactly(1);
			assertThat(log.lines("No thread for handler 'lane'")).hasSize(1);
		}
	}

	@Test
	void whenLaneExecutorRejectedThenCloseTriesAgain() {
		FlakyExecutor executor = new FlakyExecutor();
		use(TelemetryRouter.builder().laneExecutor(executor).shutdownTimeout(Books.LIMIT));
		try (CapturedLog log = new CapturedLog()) {
			this.router.subscribe(async("lane").handler((name, payload) -> {
			}).build());
			executor.rejects = true;
			this.router.emit("event", 1);
			executor.rejects = false;
			this.router.close();
			assertThat(Books.of(this.router, "lane").handled()).isOne();
			assertThat(log.lines("closed in")).singleElement().asString().contains("handled=1");
		}
	}

	@Test
	void whenExecutorHadNoThreadUntilQueueWasFullThenNextEventWakesTheLane() {
		AtomicBoolean full = new AtomicBoolean(true);
		ExecutorService pool = Executors.newSingleThreadExecutor();
		try (TelemetryRouter busy = TelemetryRouter.builder().laneExecutor((task) -> {
			if (full.get()) {
				throw new RejectedExecutionException("full");
			}
			pool.execute(task);
		}).build()) {
			busy.subscribe(HandlerSpec.on("event").id("lane").async().maxQueue(2).handler((name, payload) -> {
			}).build());
			for (int i = 0; i < 3; i++) {
				busy.emit("event", i);
			}
			full.set(false);
			busy.emit("event", 3);
			Books.eventually(() -> Books.of(busy, "lane").handled() == 2);
			assertThat(Books.dropped(Books.of(busy, "lane"), DropReason.QUEUE_FULL)).isEqualTo(2);
		}
		finally {
			pool.shutdown();
		}
	}

	@Test
	void whenLaneExecutorHelpsInsideAHandlerThenLanesStaySerial() {
		ForkJoinPool pool = new ForkJoinPool(1);
		try {
			use(TelemetryRouter.builder().laneExecutor(pool));
			AtomicInteger inside = new AtomicInteger();
			AtomicInteger overlaps = new AtomicInteger();
			AtomicInteger other = new AtomicInteger();
			this.router
				.subscribe(HandlerSpec.on("other").async().handler((name, payload) -> other.incrementAndGet()).build());
			this.router.subscribe(async("lane").handler((name, payload) -> {
				if (inside.incrementAndGet() != 1) {
					overlaps.incrementAndGet();
				}
				this.router.emit("other", payload);
				// Runs other tasks of the pool on this thread, the other lane's among
				// them.
				ForkJoinTask.adapt(() -> {
				}).fork().join();
				inside.decrementAndGet();
			}).build());
			for (int i = 0; i < 200; i++) {
				this.router.emit("event", i);
			}
			Books.balanced(this.router);
			assertThat(overlaps).hasValue(0);
			assertThat(other).hasValue(200);
		}
		finally {
			pool.shutdownNow();
		}
	}

	private static HandlerSpec.Builder<Object> async(String id) {
		return HandlerSpec.on("event", "nested").id(id).async();
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.build();
	}

	private static final class ManualExecutor implements Executor {

		private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

		@Override
		public void execute(Runnable task) {
			this.tasks.add(task);
		}

		private void runAll() {
			for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
				task.run();
			}
		}

	}

	private static final class FlakyExecutor implements Executor {

		private volatile boolean rejects;

		@Override
		public void execute(Runnable task) {
			if (this.rejects) {
				throw new RejectedExecutionException("busy");
			}
			new Thread(task).start();
		}

	}

}
