package io.telemetryrouter.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;

/**
 * What a soaked router has to bear, and what comes of it as counted beside the router:
 * five handlers that behave, three hostile ones, others that come and go.
 */
final class SoakLoad {

	private static final String[] NAMES = { "turn", "tool.call", "tool.result", "token", "error" };

	private final TelemetryRouter router;

	private final long seed;

	private final Map<String, LongAdder> emitted = new TreeMap<>();

	private final List<Counted> handlers = new ArrayList<>();

	/** Those that come and go, taken together. */
	private final Counted passing = new Counted("passing", "**", (event, payload) -> {
	});

	private final List<Thread> threads = new ArrayList<>();

	private final List<Emitter> emitters = new ArrayList<>();

	private final Soak.Gate gate = new Soak.Gate();

	private final Times hiccups = new Times();

	/** The router's part of emits before the times count. */
	private final Times warmUp = new Times();

	private final Thread control = new Thread(this::control, "soak-control");

	private final AtomicInteger inSerial = new AtomicInteger();

	private final LongAdder overlaps = new LongAdder();

	private volatile boolean stopped;

	/** Later, so that it sees all that emitters see. */
	private volatile boolean controlStopped;

	SoakLoad(TelemetryRouter router, long seed) {
		this.router = router;
		this.seed = seed;
		for (String name : NAMES) {
			this.emitted.put(name, new LongAdder());
		}
		subscribe(new Counted("counter", "**", (event, payload) -> {
		}), HandlerMode.SYNC, 0, OverflowPolicy.DROP_NEWEST, 1);
		subscribe(new Counted("gauge", "tool.*", (event, payload) -> {
		}), HandlerMode.SYNC, 0, OverflowPolicy.DROP_NEWEST, 1);
		subscribe(new Counted("audit", "**", this::serial), HandlerMode.ASYNC, 1000, OverflowPolicy.DROP_NEWEST, 1);
		subscribe(new Counted("forward", "tool.**", (event, payload) -> work(20)), HandlerMode.ASYNC, 64,
				OverflowPolicy.DROP_OLDEST, 2);
		subscribe(new Counted("ledger", "turn", (event, payload) -> work(5)), HandlerMode.ASYNC, 256,
				OverflowPolicy.BLOCK, 1);
		subscribe(new Counted("hostile.fails", "**", SoakLoad::fail), HandlerMode.SYNC, 0, OverflowPolicy.DROP_NEWEST,
				1);
		subscribe(new Counted("hostile.hangs", "token", SoakLoad::hang), HandlerMode.ASYNC, 4, OverflowPolicy.BLOCK, 1);
		subscribe(new Counted("hostile.recurses", "error", this::recurse), HandlerMode.ASYNC, 16,
				OverflowPolicy.DROP_NEWEST, 1);
	}

	private void subscribe(Counted handler, HandlerMode mode, int maxQueue, OverflowPolicy overflow, int concurrency) {
		HandlerSpec.Builder<Object> spec = HandlerSpec.on(handler.pattern.toString()).id(handler.id).mode(mode);
		if (mode == HandlerMode.ASYNC) {
			spec.maxQueue(maxQueue).overflow(overflow).concurrency(concurrency);
		}
		this.router.subscribe(spec.handler(handler).build());
		this.handlers.add(handler);
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
		this.threads.add(new Thread(this::comeAndGo, "soak-churn"));
		this.control.start();
		for (Thread thread : this.threads) {
			this.gate.enter();
			thread.start();
		}
	}

	void stand() {
		this.gate.close();
	}

	void goOn() {
		this.gate.open();
	}

	void stop() throws InterruptedException {
		this.stopped = true;
		for (Thread thread : this.threads) {
			thread.join();
		}
		this.controlStopped = true;
		this.control.join();
	}

	private void comeAndGo() {
		SplittableRandom random = new SplittableRandom(this.seed - 1);
		while (!this.stopped) {
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
			this.gate.pass();
		}
		this.gate.leave();
	}

	/**
	 * Shows how long a thread that does nothing is kept from running.
	 */
	private void control() {
		while (!this.controlStopped) {
			long start = System.nanoTime();
			LockSupport.parkNanos(1_000_000);
			this.hiccups.record(System.nanoTime() - start - 1_000_000);
		}
	}

	long emitted() {
		return this.emitted.values().stream().mapToLong(LongAdder::sum).sum();
	}

	/**
	 * Compares the numbers of a router at rest with what was counted here.
	 * @param snapshot the router's numbers
	 * @param faults what is wrong is added
	 */
	void check(RouterSnapshot snapshot, List<String> faults) {
		HandlerAccount total = snapshot.departed();
		for (HandlerSnapshot handler : snapshot.handlers().values()) {
			total = total.plus(handler.account());
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
		expect(faults, "all handled", total.handled(), returned);
		expect(faults, "all failed", total.failed(), threw);
		expect(faults, "departed missing", snapshot.departed().isBalanced() ? 0 : 1, 0);
		for (String name : NAMES) {
			expect(faults, name + " emitted",
					snapshot.events().containsKey(name) ? snapshot.events().get(name).emitted() : 0,
					Objects.requireNonNull(this.emitted.get(name)).sum());
		}
		expect(faults, "overlapping calls of a serial handler", this.overlaps.sum(), 0);
	}

	private long matching(EventPattern pattern) {
		long sum = 0;
		for (Map.Entry<String, LongAdder> name : this.emitted.entrySet()) {
			sum += pattern.matches(name.getKey()) ? name.getValue().sum() : 0;
		}
		return sum;
	}

	private static void expect(List<String> faults, String what, long actual, long expected) {
		if (actual != expected) {
			faults.add(what + ": " + actual + " instead of " + expected);
		}
	}

	/**
	 * Begins the times anew. To be called while emitters stand still.
	 */
	void warm() {
		for (Emitter emitter : this.emitters) {
			this.warmUp.add(emitter.own);
			emitter.begin();
		}
	}

	/**
	 * Prints what emits took.
	 * @param bound how long a full queue may hold an emitter
	 * @param faults what is wrong is added
	 */
	void reportTimes(Duration bound, List<String> faults) {
		String slowest = "";
		Times whole = new Times();
		Times own = new Times();
		Times handlers = new Times();
		for (Emitter emitter : this.emitters) {
			slowest = (emitter.whole.max > whole.max) ? emitter.slowest : slowest;
			whole.add(emitter.whole);
			own.add(emitter.own);
			handlers.add(emitter.handlers);
		}
		System.out.println("| | count | p50 µs | p99 µs | p99.9 µs | max ms |");
		System.out.println("|---|--:|--:|--:|--:|--:|");
		whole.print("emit, all of it");
		handlers.print("of that, synchronous handlers");
		own.print("of that, the router with its waits");
		this.hiccups.print("a thread that does nothing, over its time");
		System.out
			.printf("%n- In the first quarter, in which classes are loaded and each handler's first failure is logged,"
					+ " the router's slowest part of an emit took %.1f ms%n", this.warmUp.max / 1e6);
		System.out.printf("- The slowest emit was of '%s'. An emit passes one full `BLOCK` queue at most: the policy's"
				+ " bound is %d ms%n", slowest, bound.toMillis());
		// The machine has its share, which the thread that does nothing shows.
		if (own.percentile(0.999) > 2 * bound.toNanos() + this.hiccups.percentile(0.999)) {
			faults.add("Emitters were held beyond their policy");
		}
	}

	/**
	 * A handler that counts its calls, and whose time is told from the emitter's.
	 */
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

		private final Times whole = new Times();

		private final Times own = new Times();

		private final Times handlers = new Times();

		private final SplittableRandom random;

		private String slowest = "";

		private long inHandlers;

		Emitter(int number) {
			super("soak-emitter-" + number);
			this.random = new SplittableRandom(SoakLoad.this.seed * 31 + number);
		}

		@Override
		public void run() {
			while (!SoakLoad.this.stopped) {
				int burst = 1 + this.random.nextInt(64);
				for (int i = 0; i < burst; i++) {
					emitMeasured(NAMES[this.random.nextInt(NAMES.length)], this.random.nextInt(1000));
				}
				LockSupport.parkNanos(this.random.nextInt(1_000_000));
				SoakLoad.this.gate.pass();
			}
			SoakLoad.this.gate.leave();
		}

		void begin() {
			this.whole.clear();
			this.own.clear();
			this.handlers.clear();
		}

		private void emitMeasured(String name, int value) {
			this.inHandlers = 0;
			long start = System.nanoTime();
			SoakLoad.this.emit(name, value);
			long nanos = System.nanoTime() - start;
			if (nanos > this.whole.max) {
				this.slowest = name;
			}
			this.whole.record(nanos);
			this.handlers.record(this.inHandlers);
			this.own.record(nanos - this.inHandlers);
		}

	}

	/**
	 * Counts times in buckets, eight to each power of two. For one thread.
	 */
	static final class Times {

		private final long[] buckets = new long[64 * 8];

		private long count;

		private long max;

		void record(long nanos) {
			long value = Math.max(1, nanos);
			int exponent = 63 - Long.numberOfLeadingZeros(value);
			int fraction = (int) (((exponent >= 3) ? value >>> (exponent - 3) : value << (3 - exponent)) & 7);
			this.buckets[exponent * 8 + fraction]++;
			this.count++;
			this.max = Math.max(this.max, value);
		}

		void clear() {
			Arrays.fill(this.buckets, 0);
			this.count = 0;
			this.max = 0;
		}

		void add(Times other) {
			for (int i = 0; i < this.buckets.length; i++) {
				this.buckets[i] += other.buckets[i];
			}
			this.count += other.count;
			this.max = Math.max(this.max, other.max);
		}

		long percentile(double part) {
			long rank = (long) Math.ceil(this.count * part);
			long sum = 0;
			for (int i = 0; i < this.buckets.length; i++) {
				sum += this.buckets[i];
				if (sum >= rank) {
					return Math.min(this.max, (long) ((8 + i % 8 + 1) * Math.pow(2, i / 8 - 3)));
				}
			}
			return this.max;
		}

		void print(String what) {
			System.out.printf("| %s | %,d | %.1f | %.1f | %.1f | %.1f |%n", what, this.count, percentile(0.5) / 1e3,
					percentile(0.99) / 1e3, percentile(0.999) / 1e3, this.max / 1e6);
		}

	}

}
