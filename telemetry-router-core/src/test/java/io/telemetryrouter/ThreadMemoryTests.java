package io.telemetryrouter;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.telemetryrouter.internal.event.DispatchStacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Threads that emit or handle leave no memory behind, regardless of their number and of
 * cleared thread locals. Used heap is measured after a collection, and the bounds are
 * generous.
 */
class ThreadMemoryTests {

	private static final long MIB = 1 << 20;

	private final CountDownLatch stay = new CountDownLatch(1);

	private final List<Thread> threads = new ArrayList<>();

	private TelemetryRouter router;

	@BeforeEach
	void open() {
		this.router = TelemetryRouter.builder().logger(new Silence()).build();
	}

	@AfterEach
	void close() throws Exception {
		this.stay.countDown();
		for (Thread thread : this.threads) {
			thread.join();
		}
		this.router.close();
	}

	private static long usedAfterGc() {
		long used = Long.MAX_VALUE;
		for (int i = 0; i < 5; i++) {
			System.gc();
			used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return used;
	}

	/**
	 * Starts a thread that lives on after its action.
	 */
	private CountDownLatch start(Runnable action) {
		CountDownLatch done = new CountDownLatch(1);
		Thread thread = new Thread(() -> {
			action.run();
			done.countDown();
			Books.pass(this.stay);
		});
		this.threads.add(thread);
		thread.start();
		return done;
	}

	private void subscribeCounting(String... events) {
		AtomicInteger count = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on(events).handler((event, payload) -> count.incrementAndGet()).build());
	}

	/**
	 * The common pool clears the thread locals of its threads between tasks.
	 */
	@Test
	@EnabledForJreRange(min = JRE.JAVA_19)
	void whenThreadLocalsAreClearedThenAThreadLeavesNothingBehind() {
		subscribeCounting("event");
		List<CountDownLatch> started = new ArrayList<>();
		for (int i = 0; i < 70; i++) {
			started.add(start(() -> this.router.emit("event", null)));
		}
		started.forEach(Books::pass);
		runAsync(1_000);
		long before = usedAfterGc();
		int tasks = 20_000;
		runAsync(tasks);
		long kept = usedAfterGc() - before;
		assertThat(kept).as("bytes kept after %d tasks", tasks).isLessThan(2 * MIB);
		assertThat(Books.total(this.router.snapshot()).handled()).isEqualTo(70 + 1_000 + tasks);
	}

	/** One after the other: the pool clears them when it has nothing to do. */
	private void runAsync(int tasks) {
		AtomicInteger done = new AtomicInteger();
		for (int i = 1; i <= tasks; i++) {
			CompletableFuture.runAsync(() -> {
				this.router.emit("event", null);
				done.incrementAndGet();
			});
			int count = i;
			Books.spinUntil(() -> done.get() == count);
		}
	}

	@Test
	void whenManyThreadsEmitManyNamesThenMemoryDoesNotGrowWithTheirProduct() throws Exception {
		int count = 200;
		String[] names = new String[count];
		for (int i = 0; i < count; i++) {
			names[i] = "name." + i;
		}
		for (int i = 0; i < 3; i++) {
			subscribeCounting(names);
		}
		// All routes are in steady use.
		emitAll(names, 1_200);
		long before = usedAfterGc();
		for (int i = 0; i < 64; i++) {
			Books.pass(start(() -> emitAll(names, 5)));
		}
		long added = usedAfterGc() - before;
		assertThat(added).as("bytes added by 64 threads that emitted %d names", count).isLessThan(8 * MIB);
		assertThat(Books.total(this.router.snapshot()).handled()).isEqualTo(3L * count * (1_200 + 64 * 5));
	}

	private void emitAll(String[] names, int times) {
		for (int i = 0; i < times; i++) {
			for (String name : names) {
				this.router.emit(name, null);
			}
		}
	}

	@Test
	void whenShortLivedThreadsEmitThenTheyLeaveNothingBehind() throws Exception {
		subscribeCounting("event");
		runThreads(100);
		long before = usedAfterGc();
		int count = 2_000;
		runThreads(count);
		long kept = usedAfterGc() - before;
		assertThat(kept).as("bytes kept of %d threads", count).isLessThan(MIB);
		assertThat(Books.total(this.router.snapshot()).handled()).isEqualTo(100 + count);
	}

	@ParameterizedTest
	@EnumSource
	void whenThreadsHaveEmittedThenTheyOwnNoDispatchStack(HandlerMode mode) {
		this.router.subscribe(HandlerSpec.on("event").mode(mode).handler((event, payload) -> {
		}).build());
		assertThatThreadsOwnNoDispatchStack(() -> this.router.emit("event", null));
	}

	@Test
	void whenEventsAreHeldThenTheirThreadsOwnNoDispatchStack() {
		use(TelemetryRouter.builder().holdEvents(10));
		assertThatThreadsOwnNoDispatchStack(() -> this.router.emit("event", null));
		assertThat(this.router.snapshot().held()).isEqualTo(10);
	}

	@Test
	void whenEmitsEndEarlyThenTheirThreadsOwnNoDispatchStack() {
		use(TelemetryRouter.builder().nanoTime(() -> {
			if (Thread.currentThread().getName().equals("fails")) {
				throw new OutOfMemoryError("on purpose");
			}
			return System.nanoTime();
		}));
		subscribeCounting("event");
		assertThatThreadsOwnNoDispatchStack(() -> {
			Thread.currentThread().setName("fails");
			assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(() -> this.router.emit("event", null));
		});
	}

	private void assertThatThreadsOwnNoDispatchStack(Runnable emit) {
		for (int i = 0; i < 10; i++) {
			Books.pass(start(emit));
		}
		List<Thread> owners = new ArrayList<>();
		DispatchStacks.forEach((stack) -> owners.add(stack.owner()));
		assertThat(owners).doesNotContainAnyElementsOf(this.threads);
	}

	private void use(TelemetryRouterBuilder builder) {
		this.router.close();
		this.router = builder.logger(new Silence()).build();
	}

	private void runThreads(int count) throws Exception {
		for (int i = 0; i < count; i++) {
			Thread thread = new Thread(() -> this.router.emit("event", null));
			thread.start();
			thread.join();
		}
	}

	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenVirtualThreadsEmitThenTheyLeaveNothingBehind() throws Throwable {
		subscribeCounting("event");
		runVirtually(1_000);
		long before = usedAfterGc();
		int count = 50_000;
		runVirtually(count);
		long kept = usedAfterGc() - before;
		assertThat(kept).as("bytes kept of %d virtual threads", count).isLessThan(4 * MIB);
		assertThat(Books.total(this.router.snapshot()).handled()).isEqualTo(1_000 + count);
	}

	private void runVirtually(int count) throws Throwable {
		Executor executor = virtualThreads();
		for (int i = 0; i < count; i += 1000) {
			CountDownLatch done = new CountDownLatch(1000);
			for (int j = 0; j < 1000; j++) {
				executor.execute(() -> {
					this.router.emit("event", null);
					done.countDown();
				});
			}
			Books.pass(done);
		}
	}

	/**
	 * Each time a lane is woken it is on another thread.
	 */
	@Test
	@EnabledForJreRange(min = JRE.JAVA_21)
	void whenLanesRunOnVirtualThreadsThenTheyLeaveNothingBehind() throws Throwable {
		AtomicInteger running = new AtomicInteger();
		Executor executor = virtualThreads();
		use(TelemetryRouter.builder().laneExecutor((task) -> {
			running.incrementAndGet();
			executor.execute(() -> {
				try {
					task.run();
				}
				finally {
					running.decrementAndGet();
				}
			});
		}));
		AtomicInteger handled = new AtomicInteger();
		this.router
			.subscribe(HandlerSpec.on("event").async().handler((event, payload) -> handled.incrementAndGet()).build());
		wake(1_000, running);
		long before = usedAfterGc();
		int count = 20_000;
		wake(count, running);
		long kept = usedAfterGc() - before;
		assertThat(kept).as("bytes kept of %d runs of a lane", count).isLessThan(2 * MIB);
		assertThat(handled).hasValue(1_000 + count);
	}

	private void wake(int times, AtomicInteger running) {
		for (int i = 0; i < times; i++) {
			this.router.emit("event", null);
			Books.spinUntil(() -> running.get() == 0);
		}
	}

	/** By reflection, as the tests are compiled for an older JDK. */
	private static Executor virtualThreads() throws Throwable {
		MethodHandle start = MethodHandles.lookup()
			.findStatic(Thread.class, "startVirtualThread", MethodType.methodType(Thread.class, Runnable.class));
		return (task) -> {
			try {
				Thread thread = (Thread) start.invokeExact(task);
				assertThat(thread).isNotNull();
			}
			catch (Throwable ex) {
				throw new AssertionError(ex);
			}
		};
	}

}
