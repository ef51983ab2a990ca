package io.telemetryrouter;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The threads of asynchronous handlers: their owner and their names.
 */
class LaneThreadTests {

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final CountDownLatch hang = new CountDownLatch(1);

	private TelemetryRouter router;

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
	}

	private void build(Executor executor) {
		this.router = TelemetryRouter.builder().laneExecutor(executor).build();
	}

	private void subscribe(String id, LaneThread thread, PayloadHandler<Object> handler) {
		this.router.subscribe(HandlerSpec.on(id).id(id).async().thread(thread).concurrency(2).handler(handler).build());
	}

	@Test
	void whenHandlerAsksForPlatformThreadsThenTheLaneExecutorHasNoPart() throws Exception {
		build(this.tasks::add);
		AtomicReference<Thread> thread = new AtomicReference<>();
		subscribe("busy", LaneThread.PLATFORM, (event, payload) -> thread.set(Thread.currentThread()));
		for (int i = 0; i < 1000; i++) {
			assertThat(this.router.emitAsync("busy", i).get(30, TimeUnit.SECONDS).handled()).isOne();
		}
		assertThat(this.tasks).isEmpty();
		assertThat(thread.get().getName()).isEqualTo("telemetry-router-busy");
		assertThat(thread.get().isDaemon()).isTrue();
		subscribe("other", LaneThread.DEFAULT, (event, payload) -> {
		});
		this.router.emit("other", 1);
		assertThat(this.tasks).isNotEmpty();
	}

	@Test
	void whenPlatformHandlerHangsThenTheCloseInterruptsIt() {
		this.router = TelemetryRouter.builder().laneExecutor(this.tasks::add).shutdownTimeout(Duration.ZERO).build();
		CountDownLatch began = new CountDownLatch(1);
		CountDownLatch interrupted = new CountDownLatch(1);
		subscribe("busy", LaneThread.PLATFORM, (event, payload) -> {
			began.countDown();
			try {
				this.hang.await();
			}
			catch (InterruptedException ex) {
				interrupted.countDown();
			}
		});
		this.router.emit("busy", 1);
		Books.pass(began);
		this.router.close();
		Books.pass(interrupted);
	}

	/** As virtual threads have none. */
	@Test
	void whenThreadOfTheExecutorHasNoNameThenItIsNamedAfterTheHandler() throws Exception {
		build((task) -> new Thread(null, task, "").start());
		assertThat(threadNames()).containsExactly("telemetry-router-first", "telemetry-router-second");
	}

	@Test
	void whenThreadOfTheExecutorHasANameThenItKeepsIt() throws Exception {
		build((task) -> new Thread(null, task, "pool-7").start());
		assertThat(threadNames()).containsExactly("pool-7", "pool-7");
	}

	@Test
	void whenHandlerHasTheIdOfAThreadOfTheRouterThenTheirNamesDiffer() throws Exception {
		this.router = TelemetryRouter.builder().build();
		for (String id : List.of("log", "callbacks", "watchdog", "close", "1", "2")) {
			AtomicReference<String> name = new AtomicReference<>();
			subscribe(id, LaneThread.DEFAULT, (event, payload) -> name.set(Thread.currentThread().getName()));
			this.router.emitAsync(id, 1).get(30, TimeUnit.SECONDS);
			assertThat(name.get()).isEqualTo("telemetry-router-" + id);
		}
		assertThat(Thread.getAllStackTraces().keySet()).extracting(Thread::getName)
			.contains("telemetry-router:watchdog");
	}

	@Test
	void whenHandlerIsShownThenItsThreadIsThatOfTheLaneExecutorOrThePlatform() {
		build(Runnable::run);
		subscribe("busy", LaneThread.PLATFORM, (event, payload) -> {
		});
		subscribe("other", LaneThread.DEFAULT, (event, payload) -> {
		});
		this.router.subscribe(HandlerSpec.on("x").id("inline").handler((event, payload) -> {
		}).build());
		assertThat(thread("busy")).isEqualTo(LaneThread.PLATFORM);
		assertThat(thread("other")).isEqualTo(LaneThread.DEFAULT);
		assertThat(thread("inline")).isNull();
		this.router.close();
		this.router = TelemetryRouter.builder().build();
		subscribe("other", LaneThread.DEFAULT, (event, payload) -> {
		});
		assertThat(thread("other")).isEqualTo(LaneThread.PLATFORM);
	}

	private LaneThread thread(String id) {
		return this.router.handlerSnapshot(id).thread();
	}

	private List<String> threadNames() throws Exception {
		List<String> names = new CopyOnWriteArrayList<>();
		for (String id : List.of("first", "second")) {
			subscribe(id, LaneThread.DEFAULT, (event, payload) -> names.add(Thread.currentThread().getName()));
			this.router.emitAsync(id, 1).get(30, TimeUnit.SECONDS);
		}
		return names;
	}

	/**
	 * Callbacks run on threads that have just run a handler, and their log lines must not
	 * name that handler's thread.
	 */
	@Test
	void whenCallbackRunsThenItsThreadIsNotNamedAfterAHandler() throws Exception {
		this.router = TelemetryRouter.builder().build();
		subscribe("first", LaneThread.DEFAULT, (event, payload) -> {
		});
		for (int i = 0; i < 100; i++) {
			AtomicReference<String> name = new AtomicReference<>();
			CountDownLatch called = new CountDownLatch(1);
			this.router.next("second", (event) -> true, Books.LIMIT).whenComplete((event, ex) -> {
				name.set(Thread.currentThread().getName());
				called.countDown();
			});
			this.router.emitAsync("first", 1).get(30, TimeUnit.SECONDS);
			this.router.emit("second", 1);
			Books.pass(called);
			assertThat(name.get()).isEqualTo("telemetry-router:callbacks");
		}
	}

}
