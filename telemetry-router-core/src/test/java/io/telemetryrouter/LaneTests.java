package io.telemetryrouter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 3: threads of handlers, and the independence of lanes.
 */
class LaneTests {

	private TelemetryRouter router = TelemetryRouter.builder().build();

	private final CountDownLatch hung = new CountDownLatch(1);

	@AfterEach
	void close() {
		this.hung.countDown();
		this.router.close();
	}

	@Test
	void whenHandlerIsSyncThenItRunsOnTheEmittingThreadBeforeEmitReturns() {
		AtomicReference<Thread> thread = new AtomicReference<>();
		this.router.subscribe("event", (name, payload) -> thread.set(Thread.currentThread()));
		this.router.emit("event", null);
		assertThat(thread.get()).isSameAs(Thread.currentThread());
	}

	@Test
	void whenHandlerIsAsyncThenItRunsOnAThreadNamedAfterIt() {
		AtomicReference<Thread> thread = new AtomicReference<>();
		AtomicReference<String> threadName = new AtomicReference<>();
		this.router.subscribe(async("audit.onAny").handler((name, payload) -> {
			thread.set(Thread.currentThread());
			threadName.set(Thread.currentThread().getName());
		}).build());
		this.router.emit("event", null);
		Books.balanced(this.router);
		assertThat(thread.get()).isNotSameAs(Thread.currentThread());
		assertThat(thread.get().isDaemon()).isTrue();
		assertThat(threadName.get()).isEqualTo("telemetry-router-audit.onAny");
	}

	@Test
	void whenHandlerChangesTheClassLoaderOfItsThreadThenTheNextEventHasTheFormer() {
		CountDownLatch queued = new CountDownLatch(1);
		List<ClassLoader> loaders = new ArrayList<>();
		this.router.subscribe(async("lane").handler((name, payload) -> {
			Books.pass(queued);
			loaders.add(Thread.currentThread().getContextClassLoader());
			Thread.currentThread().setContextClassLoader(new ClassLoader() {
			});
		}).build());
		for (int i = 0; i < 3; i++) {
			this.router.emit("event", i);
		}
		queued.countDown();
		Books.balanced(this.router);
		assertThat(loaders).hasSize(3).containsOnly(loaders.get(0));
	}

	@Test
	void whenEventsAreEmittedInOrderThenLaneHandlesThemInOrder() {
		List<Object> handled = new ArrayList<>();
		this.router.subscribe(async("lane").maxQueue(20_000).handler((name, payload) -> handled.add(payload)).build());
		List<Object> emitted = new ArrayList<>();
		for (int i = 0; i < 20_000; i++) {
			emitted.add(i);
			this.router.emit("event", i);
		}
		Books.balanced(this.router);
		assertThat(handled).isEqualTo(emitted);
	}

	@RepeatedTest(5)
	void whenManyThreadsEmitThenLaneIsSerialAndKeepsTheOrderOfEach() throws Exception {
		int producers = 4;
		int events = 5000;
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger overlaps = new AtomicInteger();
		// Not thread-safe: the lane must make each call visible to the next.
		int[] last = new int[producers];
		int[] disorders = new int[1];
		this.router.subscribe(async("lane").maxQueue(producers * events).handler((name, payload) -> {
			if (inside.incrementAndGet() != 1) {
				overlaps.incrementAndGet();
			}
			int[] event = (int[]) payload;
			if (event[1] != last[event[0]] + 1) {
				disorders[0]++;
			}
			last[event[0]] = event[1];
			inside.decrementAndGet();
		}).build());
		Parallel.run(producers, (producer) -> {
			for (int i = 1; i <= events; i++) {
				this.router.emit("event", new int[] { producer, i });
			}
		});
		Books.balanced(this.router);
		assertThat(overlaps).hasValue(0);
		assertThat(disorders[0]).isZero();
		assertThat(last).containsOnly(events);
	}

	@Test
	void whenConcurrencyIsSetThenThatManyEventsAreHandledAtOnceAndNoMore() throws Exception {
		int concurrency = 4;
		AtomicInteger inside = new AtomicInteger();
		AtomicInteger most = new AtomicInteger();
		// Opens only when all are inside at the same time.
		CyclicBarrier together = new CyclicBarrier(concurrency);
		this.router.subscribe(async("lane").concurrency(concurrency).handler((name, payload) -> {
			most.accumulateAndGet(inside.incrementAndGet(), Math::max);
			together.await(30, TimeUnit.SECONDS);
			inside.decrementAndGet();
		}).build());
		for (int i = 0; i < 5 * concurrency; i++) {
			this.router.emit("event", i);
		}
		RouterSnapshot snapshot = Books.balanced(this.router);
		assertThat(snapshot.handlers().get("lane").account().handled()).isEqualTo(5 * concurrency);
		assertThat(most).hasValue(concurrency);
	}

	@Test
	void whenQueueLimitIsLeftOpenThenItIsOneThousand() {
		CountDownLatch begun = new CountDownLatch(1);
		this.router.subscribe(async("lane").handler((name, payload) -> {
			begun.countDown();
			Books.pass(this.hung);
		}).build());
		this.router.emit("event", 0);
		Books.pass(begun);
		for (int i = 0; i < 1001; i++) {
			this.router.emit("event", i);
		}
		HandlerAccount account = Books.of(this.router, "lane");
		assertThat(account.running()).isOne();
		assertThat(account.queued()).isEqualTo(1000);
		assertThat(Books.dropped(account, DropReason.QUEUE_FULL)).isOne();
		assertThat(this.router.handlerSnapshot("lane").queueCapacity()).isEqualTo(1000);
	}

	@Test
	void whenOneAsyncHandlerHangsThenOnlyItsOwnEventsWait() {
		AtomicInteger other = new AtomicInteger();
		AtomicInteger sync = new AtomicInteger();
		this.router.subscribe(async("hung").handler((name, payload) -> Books.pass(this.hung)).build());
		this.router.subscribe(async("other").handler((name, payload) -> other.incrementAndGet()).build());
		this.router.subscribe("event", (name, payload) -> sync.incrementAndGet());
		for (int i = 0; i < 100; i++) {
			this.router.emit("event", i);
		}
		Books.eventually(() -> other.get() == 100);
		assertThat(sync).hasValue(100);
		Books.eventually(() -> Books.of(this.router, "hung").queued() == 99);
		assertThat(Books.of(this.router, "hung").handled()).isZero();
	}

	@Test
	void whenSyncHandlerHangsThenLanesGetTheEventAllTheSame() throws Exception {
		CountDownLatch handled = new CountDownLatch(1);
		this.router
			.subscribe(HandlerSpec.on("event").priority(-1).handler((name, payload) -> Books.pass(this.hung)).build());
		this.router.subscribe(async("lane").handler((name, payload) -> handled.countDown()).build());
		Thread emitter = new Thread(() -> this.router.emit("event", null));
		emitter.start();
		Books.pass(handled);
		assertThat(emitter.isAlive()).isTrue();
		this.hung.countDown();
		emitter.join(Books.LIMIT.toMillis());
	}

	@Test
	void whenMoreLanesHangThanThereAreCoresThenEveryOtherLaneGoesOn() {
		int count = 8 * Runtime.getRuntime().availableProcessors();
		CountDownLatch begun = new CountDownLatch(count);
		for (int i = 0; i < count; i++) {
			this.router.subscribe(async("hung" + i).handler((name, payload) -> {
				begun.countDown();
				Books.pass(this.hung);
			}).build());
		}
		AtomicInteger handled = new AtomicInteger();
		this.router.subscribe(async("last").handler((name, payload) -> handled.incrementAndGet()).build());
		this.router.emit("event", 1);
		Books.pass(begun);
		this.router.emit("event", 2);
		Books.eventually(() -> handled.get() == 2);
	}

	@Test
	void whenMoreLanesAreBusyThanThereAreCoresThenAllProgress() {
		int count = 4 * Runtime.getRuntime().availableProcessors();
		AtomicBoolean stop = new AtomicBoolean();
		Set<String> progressed = ConcurrentHashMap.newKeySet();
		CountDownLatch all = new CountDownLatch(count);
		for (int i = 0; i < count; i++) {
			String id = "busy" + i;
			this.router.subscribe(async(id).handler((name, payload) -> {
				if (progressed.add(id)) {
					all.countDown();
				}
				// Never idle and never blocked while others wait.
				while (!stop.get() && progressed.size() < count) {
					Thread.onSpinWait();
				}
			}).build());
		}
		this.router.emit("event", null);
		Books.pass(all);
		stop.set(true);
	}

	@Test
	void whenLanesAreIdleThenTheyHaveNoThread() {
		ManualExecutor executor = new ManualExecutor();
		use(TelemetryRouter.builder().laneExecutor(executor));
		for (int i = 0; i < 500; i++) {
			this.router.subscribe(HandlerSpec.on("event" + i).async().handler((name, payload) -> {
			}).build());
		}
		assertThat(executor.tasks).isEmpty();
		this.router.emit("event7", 1);
		this.router.emit("event7", 2);
		this.router.emit("event8", 1);
		assertThat(executor.tasks).hasSize(2);
		executor.runAll();
		assertThat(executor.tasks).isEmpty();
		this.router.emit("event7", 3);
		assertThat(executor.tasks).hasSize(1);
		executor.runAll();
		assertThat(executor.tasks).isEmpty();
		assertThat(Books.total(Books.balanced(this.router)).handled()).isEqualTo(4);
	}

	@Test
	void whenManyLanesWereBusyOneAfterTheOtherThenFewThreadsServedThemAndNoneIsLeftAfterClose() {
		Set<Thread> threads = ConcurrentHashMap.newKeySet();
		Set<Thread> before = Thread.getAllStackTraces().keySet();
		for (int i = 0; i < 200; i++) {
			this.router.subscribe(HandlerSpec.on("event" + i)
				.async()
				.handler((name, payload) -> threads.add(Thread.currentThread()))
				.build());
		}
		assertThat(routerThreads(before)).isEmpty();
		for (int i = 0; i < 200; i++) {
			this.router.emit("event" + i, null);
			assertThat(this.router.flush(Books.LIMIT).complete()).isTrue();
		}
		assertThat(threads).hasSizeLessThan(50);
		this.router.close();
		Books.eventually(() -> routerThreads(before).isEmpty());
	}

	private static Collection<Thread> routerThreads(Set<Thread> before) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("telemetry-router")
					&& !thread.getName().equals("telemetry-router:watchdog") && !before.contains(thread))
			.toList();
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

}
