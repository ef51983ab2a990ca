package io.telemetryrouter.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.UnaryOperator;

import org.openjdk.jmh.util.SampleBuffer;
import org.openjdk.jmh.util.Statistics;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;

/**
 * Load of the soak test, with counts of its own that are compared with the router's: five
 * well-behaved handlers, three hostile ones, and handlers that are subscribed and closed
 * again.
 */
final class SoakLoad {

	private static final String[] NAMES = { "turn", "tool.call", "tool.result", "token", "error" };

	private final TelemetryRouter router;

	private final long seed;

	private final Map<String, LongAdder> emitted = new TreeMap<>();

	private final List<Counted> handlers = new ArrayList<>();

	/** All handlers that are subscribed and closed again, counted together. */
	private final Counted passing = new Counted("passing", "**", (event, payload) -> {
	});

	private final List<Thread> threads = new ArrayList<>();

	private final List<Emitter> emitters = new ArrayList<>();

	/** The working threads hold the read lock; the write lock pauses them. */
	private final ReadWriteLock gate = new ReentrantReadWriteLock(true);

	/** Delays of an idle thread, in nanoseconds: pauses of the machine. */
	private SampleBuffer hiccups = new SampleBuffer();

	private final Thread control = new Thread(this::control, "soak-control");

	private final AtomicInteger inSerial = new AtomicInteger();

	private final LongAdder overlaps = new LongAdder();

	private volatile boolean stopped;

	SoakLoad(TelemetryRouter router, long seed) {
		this.router = router;
		this.seed = seed;
		for (String name : NAMES) {
			this.emitted.put(name, new LongAdder());
		}
		PayloadHandler<Object> nothing = (event, payload) -> {
		};
		subscribe("counter", "**", nothing, UnaryOperator.identity());
		subscribe("gauge", "tool.*", nothing, UnaryOperator.identity());
		subscribe("audit", "**", this::serial, lane(1000, OverflowPolicy.DROP_NEWEST, 1));
		subscribe("forward", "tool.**", (event, payload) -> work(20), lane(64, OverflowPolicy.DROP_OLDEST, 2));
		subscribe("ledger", "turn", (event, payload) -> work(5), lane(256, OverflowPolicy.BLOCK, 1));
		subscribe("hostile.fails", "**", SoakLoad::fail, UnaryOperator.identity());
		subscribe("hostile.hangs", "token", SoakLoad::hang, lane(4, OverflowPolicy.BLOCK, 1));
		subscribe("hostile.recurses", "error", this::recurse, lane(16, OverflowPolicy.DROP_NEWEST, 1));
	}

	private void subscribe(String id, String pattern, PayloadHandler<Object> behaviour,
			UnaryOperator<HandlerSpec.Builder<Object>> options) {
		Counted handler = new Counted(id, pattern, behaviour);
		this.handlers.add(handler);
		this.router.subscribe(options.apply(HandlerSpec.on(pattern).id(id)).handler(handler).build());
	}

	private static UnaryOperator<HandlerSpec.Builder<Object>> lane(int maxQueue, OverflowPolicy overflow,
			int concurrency) {
		return (spec) -> spec.async().maxQueue(maxQueue).overflow(overflow).concurrency(concurrency);
	}

	private void serial(String event, Object payload) {
		if (this.inSerial.incrementAndGet() != 1) {
			this.overlaps.increment();
		}
		this.inSerial.decrementAndGet();
	}

	private static void work(int spins) {
		for (int i = 0; i < spins; i++) {
			Thread.onSpinWait();
		}
	}

	private static void fail(String event, Object payload) throws Exception {
		switch ((int) payload % 8) {
			case 0 -> throw new Exception("checked");
			case 1 -> throw new IllegalStateException("unchecked");
			case 2 -> throw new StackOverflowError("not really");
			case 3 -> throw new NoClassDefFoundError("not really");
			default -> {
			}
		}
	}

	private static void hang(String event, Object payload) {
		if ((int) payload % 50 == 0) {
			long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos((int) payload / 5);
			while (System.nanoTime() < until) {
				LockSupport.parkNanos(until - System.nanoTime());
			}
		}
	}

	private void recurse(String event, Object payload) {
		int value = (int) payload;
		if (value % 3 == 0) {
			Thread.currentThread().interrupt();
		}
		emit("error", value);
		emit("token", value);
		if (value % 7 == 0) {
			overflow(0);
		}
		throw new AssertionError("always");
	}

	@SuppressWarnings("InfiniteRecursion")
	private static int overflow(int depth) {
		return 1 + overflow(depth + 1);
	}

	private void emit(String name, int value) {
		Objects.requireNonNull(this.emitted.get(name)).increment();
		this.router.emit(name, value);
	}

	void start(int count) {
		for (int i = 0; i < count; i++) {
			Emitter emitter = new Emitter(i);
			this.emitters.add(emitter);
			this.threads.add(emitter);
		}
		this.threads.add(new Thread(this::churn, "soak-churn"));
		this.threads.add(this.control);
		this.threads.forEach(Thread::start);
	}

	/** Waits until all threads are paused. */
	void pause() {
		this.gate.writeLock().lock();
	}

	void resume() {
		this.gate.writeLock().unlock();
	}

	void stop() throws InterruptedException {
		this.stopped = true;
		for (Thread thread : this.threads) {
			thread.join();
		}
	}

	private void whileRunning(Runnable work) {
		while (!this.stopped) {
			this.gate.readLock().lock();
			try {
				work.run();
			}
			finally {
				this.gate.readLock().unlock();
			}
		}
	}

	private void churn() {
		SplittableRandom random = new SplittableRandom(this.seed - 1);
		whileRunning(() -> {
			HandlerSpec.Builder<Object> spec = HandlerSpec.on(NAMES[random.nextInt(NAMES.length)], "tool.*");
			if (random.nextBoolean()) {
				spec.async().maxQueue(8);
			}
			if (random.nextInt(3) == 0) {
				spec.once();
			}
			try (Subscription subscription = this.router.subscribe(spec.handler(this.passing).build())) {
				LockSupport.parkNanos(random.nextInt(2_000_000));
				this.router.handlerSnapshot(subscription.handlerId());
			}
		});
	}

	private void control() {
		whileRunning(() -> {
			long start = System.nanoTime();
			LockSupport.parkNanos(1_000_000);
			this.hiccups.add(Math.max(0, System.nanoTime() - start - 1_000_000));
		});
	}

	long emitted() {
		return this.emitted.values().stream().mapToLong(LongAdder::sum).sum();
	}

	/** Compares the counts of the idle router with those of this class. */
	void check(RouterSnapshot snapshot, List<String> faults) {
		for (HandlerSnapshot handler : snapshot.handlers().values()) {
			if (!handler.account().isBalanced()) {
				faults.add(handler.id() + " does not balance: " + handler.account());
			}
		}
		long returned = this.passing.returned.sum();
		long threw = this.passing.threw.sum();
		for (Counted handler : this.handlers) {
			HandlerAccount account = Objects.requireNonNull(snapshot.handlers().get(handler.id)).account();
			expect(faults, handler.id + " offered", account.offered(), matching(handler.pattern));
			expect(faults, handler.id + " handled", account.handled(), handler.returned.sum());
			expect(faults, handler.id + " failed", account.failed(), handler.threw.sum());
			returned += handler.returned.sum();
			threw += handler.threw.sum();
		}
		HandlerAccount total = Soak.total(snapshot);
		expect(faults, "all handled", total.handled(), returned);
		expect(faults, "all failed", total.failed(), threw);
		expect(faults, "retired missing", snapshot.retired().isBalanced() ? 0 : 1, 0);
		this.emitted.forEach((name, count) -> expect(faults, name + " emitted",
				snapshot.events().containsKey(name) ? snapshot.events().get(name).emitted() : 0, count.sum()));
		expect(faults, "overlapping calls of a serial handler", this.overlaps.sum(), 0);
	}

	private long matching(EventPattern pattern) {
		return this.emitted.entrySet()
			.stream()
			.filter((name) -> pattern.matches(name.getKey()))
			.mapToLong((name) -> name.getValue().sum())
			.sum();
	}

	private static void expect(List<String> faults, String what, long actual, long expected) {
		if (actual != expected) {
			faults.add(what + ": " + actual + " instead of " + expected);
		}
	}

	/** Resets the times, while the emitters are paused. */
	void resetTimes() {
		this.hiccups = new SampleBuffer();
		this.emitters.forEach(Emitter::resetTimes);
	}

	/** Prints the times of the emits, and checks the bound of the policy. */
	void reportTimes(Duration bound, List<String> faults) {
		SampleBuffer whole = new SampleBuffer();
		SampleBuffer own = new SampleBuffer();
		this.emitters.forEach((emitter) -> {
			whole.addAll(emitter.whole);
			own.addAll(emitter.own);
		});
		System.out.println("| since the first quarter | count | p50 µs | p99 µs | p99.9 µs | max ms |");
		System.out.println("|---|--:|--:|--:|--:|--:|");
		print("emit, all of it", whole);
		Statistics router = print("of that, the router with its waits, without synchronous handlers", own);
		Statistics idle = print("a thread that does nothing, over its time", this.hiccups);
		System.out.printf("%n- An emit passes one full `BLOCK` queue at most: the policy's bound is %d ms%n",
				bound.toMillis());
		// The idle thread measures the pauses of the machine.
		if (router.getPercentile(99.9) > 2 * bound.toNanos() + idle.getPercentile(99.9)) {
			faults.add("Emitters were held beyond their policy");
		}
	}

	private static Statistics print(String what, SampleBuffer times) {
		Statistics nanos = times.getStatistics(1);
		System.out.printf("| %s | %,d | %.1f | %.1f | %.1f | %.1f |%n", what, nanos.getN(),
				nanos.getPercentile(50) / 1e3, nanos.getPercentile(99) / 1e3, nanos.getPercentile(99.9) / 1e3,
				nanos.getMax() / 1e6);
		return nanos;
	}

	/** Handler that counts its calls, and reports its time to the calling emitter. */
	private static final class Counted implements PayloadHandler<Object> {

		private final String id;

		private final EventPattern pattern;

		private final PayloadHandler<Object> behaviour;

		private final LongAdder returned = new LongAdder();

		private final LongAdder threw = new LongAdder();

		Counted(String id, String pattern, PayloadHandler<Object> behaviour) {
			this.id = id;
			this.pattern = EventPattern.parse(pattern);
			this.behaviour = behaviour;
		}

		@Override
		public void handle(String event, Object payload) throws Exception {
			long start = System.nanoTime();
			try {
				this.behaviour.handle(event, payload);
			}
			catch (Throwable ex) {
				this.threw.increment();
				throw ex;
			}
			finally {
				if (Thread.currentThread() instanceof Emitter emitter) {
					emitter.inHandlers += System.nanoTime() - start;
				}
			}
			this.returned.increment();
		}

	}

	private final class Emitter extends Thread {

		private final SplittableRandom random;

		private SampleBuffer whole = new SampleBuffer();

		private SampleBuffer own = new SampleBuffer();

		private long inHandlers;

		Emitter(int number) {
			super("soak-emitter-" + number);
			this.random = new SplittableRandom(SoakLoad.this.seed * 31 + number);
		}

		@Override
		public void run() {
			whileRunning(() -> {
				for (int burst = this.random.nextInt(64); burst >= 0; burst--) {
					emitMeasured(NAMES[this.random.nextInt(NAMES.length)], this.random.nextInt(1000));
				}
				LockSupport.parkNanos(this.random.nextInt(1_000_000));
			});
		}

		void resetTimes() {
			this.whole = new SampleBuffer();
			this.own = new SampleBuffer();
		}

		private void emitMeasured(String name, int value) {
			this.inHandlers = 0;
			long start = System.nanoTime();
			SoakLoad.this.emit(name, value);
			long nanos = System.nanoTime() - start;
			this.whole.add(nanos);
			this.own.add(Math.max(0, nanos - this.inHandlers));
		}

	}

}
