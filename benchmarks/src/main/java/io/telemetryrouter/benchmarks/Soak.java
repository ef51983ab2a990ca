package io.telemetryrouter.benchmarks;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Runs a router for minutes among hostile handlers, and looks at its accounts, heap and
 * threads every 30 seconds, while emitters stand still. Prints Markdown.
 * <p>
 * What emitters and handlers do follows from the seed; how they interleave does not.
 * Exits with status 1 if an account does not balance or differs from what was counted
 * beside it, if a thread is left over, or if the heap grows.
 *
 * @since 0.1.0
 */
public final class Soak {

	private static final int EMITTERS = 4;

	private static final Duration BLOCK_TIMEOUT = Duration.ofMillis(10);

	private static final Duration INTERVAL = Duration.ofSeconds(30);

	private static final Duration REST = Duration.ofMinutes(1);

	private final List<String> faults = new ArrayList<>();

	/** Heap in use after a collection, at each look. */
	private final List<Long> heap = new ArrayList<>();

	private final SoakLoad load;

	private final TelemetryRouter router;

	private Soak(long seed) {
		this.router = TelemetryRouter.builder()
			.blockTimeout(BLOCK_TIMEOUT)
			.shutdownTimeout(Duration.ofSeconds(5))
			.build();
		this.load = new SoakLoad(this.router, seed);
	}

	/**
	 * Runs the soak.
	 * @param args {@code --minutes} (5) and {@code --seed} (42)
	 * @throws InterruptedException if interrupted
	 */
	public static void main(String[] args) throws InterruptedException {
		double minutes = Double.parseDouble(option(args, "--minutes", "5"));
		long seed = Long.parseLong(option(args, "--seed", "42"));
		TreeSet<String> before = threads();
		Soak soak = new Soak(seed);
		System.out.printf("# Soak: %s minutes, seed %d, %d emitters, JDK %s, %d cores%n%n", minutes, seed, EMITTERS,
				Runtime.version(), Runtime.getRuntime().availableProcessors());
		soak.run((long) (minutes * TimeUnit.MINUTES.toNanos(1)));
		soak.report();
		soak.checkHeap();
		soak.checkThreads(before);
		soak.faults.forEach((fault) -> System.out.println("- **FAULT** " + fault));
		System.out.println(soak.faults.isEmpty() ? "- **Passed**" : "- **Failed**");
		System.exit(soak.faults.isEmpty() ? 0 : 1);
	}

	private static String option(String[] args, String name, String fallback) {
		for (int i = 0; i < args.length - 1; i++) {
			if (args[i].equals(name)) {
				return args[i + 1];
			}
		}
		return fallback;
	}

	private void run(long nanos) throws InterruptedException {
		long start = System.nanoTime();
		this.load.start(EMITTERS);
		System.out.println("| after s | emitted | handled | failed | filtered | dropped | accounts | heap MB | threads"
				+ " | of the router |");
		System.out.println("|--:|--:|--:|--:|--:|--:|---|--:|--:|--:|");
		boolean warm = false;
		long interval = Math.max(1, Math.min(INTERVAL.toNanos(), nanos / 4));
		while (System.nanoTime() - start < nanos) {
			long until = Math.min(System.nanoTime() + interval, start + nanos);
			while (System.nanoTime() < until) {
				LockSupport.parkNanos(until - System.nanoTime());
			}
			// While they are busy.
			long threads = routerThreads();
			this.load.stand();
			look(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start), threads);
			if (!warm && System.nanoTime() - start > nanos / 4) {
				this.load.warm();
				warm = true;
			}
			this.load.goOn();
		}
		this.load.stop();
		this.router.close();
	}

	private void look(long seconds, long threads) {
		awaitRest();
		RouterSnapshot snapshot = this.router.snapshot();
		int faultsBefore = this.faults.size();
		this.load.check(snapshot, this.faults);
		this.heap.add(usedHeap());
		HandlerAccount total = total(snapshot);
		System.out.printf("| %d | %,d | %,d | %,d | %,d | %,d | %s | %.1f | %d | %d |%n", seconds, this.load.emitted(),
				total.handled(), total.failed(), total.filtered(), total.droppedTotal(),
				(this.faults.size() == faultsBefore) ? "balance" : "WRONG",
				this.heap.get(this.heap.size() - 1) / 1048576.0, Thread.activeCount(), threads);
	}

	private void awaitRest() {
		this.router.flush(REST);
		long deadline = System.nanoTime() + REST.toNanos();
		HandlerAccount total = total(this.router.snapshot());
		while ((total.queued() != 0 || total.running() != 0 || !total.isBalanced()) && System.nanoTime() < deadline) {
			LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
			total = total(this.router.snapshot());
		}
	}

	private static HandlerAccount total(RouterSnapshot snapshot) {
		HandlerAccount total = snapshot.departed();
		for (HandlerSnapshot handler : snapshot.handlers().values()) {
			total = total.plus(handler.account());
		}
		return total;
	}

	private static long usedHeap() {
		long used = Long.MAX_VALUE;
		for (int i = 0; i < 3; i++) {
			System.gc();
			used = Math.min(used, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
		}
		return used;
	}

	private void report() {
		RouterSnapshot snapshot = this.router.snapshot();
		System.out.println("\n| handler | offered | handled | failed | filtered | dropped | reasons |");
		System.out.println("|---|--:|--:|--:|--:|--:|---|");
		snapshot.handlers().forEach((id, handler) -> row(id, handler.account()));
		row("departed", snapshot.departed());
		System.out.println();
		this.load.reportTimes(BLOCK_TIMEOUT, this.faults);
	}

	private static void row(String id, HandlerAccount account) {
		StringBuilder reasons = new StringBuilder();
		for (Map.Entry<DropReason, Long> reason : account.dropped().entrySet()) {
			if (reason.getValue() != 0) {
				reasons.append(reason.getKey().label()).append(' ').append(reason.getValue()).append(' ');
			}
		}
		System.out.printf("| %s | %,d | %,d | %,d | %,d | %,d | %s|%n", id, account.offered(), account.handled(),
				account.failed(), account.filtered(), account.droppedTotal(), reasons);
	}

	private void checkHeap() {
		// The first quarter is for classes, stripes and tables to fill.
		long warm = this.heap.get(this.heap.size() / 4);
		long last = this.heap.get(this.heap.size() - 1);
		System.out.printf("- Heap after a collection: %.1f MB after warm-up, %.1f MB at the end%n", warm / 1048576.0,
				last / 1048576.0);
		if (last > warm + warm / 10 + 1048576) {
			this.faults.add("The heap grows");
		}
	}

	private void checkThreads(TreeSet<String> before) throws InterruptedException {
		TreeSet<String> left = leftOver(before);
		long deadline = System.nanoTime() + REST.toNanos();
		while (!left.isEmpty() && System.nanoTime() < deadline) {
			Thread.sleep(100);
			left = leftOver(before);
		}
		System.out.println("- Threads left over: " + left);
		if (!left.isEmpty()) {
			this.faults.add("Threads are left over: " + left);
		}
	}

	private static TreeSet<String> leftOver(TreeSet<String> before) {
		TreeSet<String> left = threads();
		left.removeAll(before);
		// The JDK's own, of which there is one for all.
		left.removeIf((name) -> name.equals("CompletableFutureDelayScheduler")
				|| name.startsWith("ForkJoinPool.commonPool") || name.equals("Common-Cleaner"));
		return left;
	}

	private static TreeSet<String> threads() {
		TreeSet<String> names = new TreeSet<>();
		for (Thread thread : Thread.getAllStackTraces().keySet()) {
			names.add(thread.getName());
		}
		return names;
	}

	private static long routerThreads() {
		return threads().stream().filter((name) -> name.startsWith("telemetry-router-")).count();
	}

	/**
	 * Lets threads run and stand still together.
	 */
	static final class Gate {

		private final Phaser standing = new Phaser(1);

		private volatile boolean closed;

		void enter() {
			this.standing.register();
		}

		/** Called by a thread when it may stand still. */
		void pass() {
			if (this.closed) {
				this.standing.arriveAndAwaitAdvance();
				this.standing.arriveAndAwaitAdvance();
			}
		}

		void leave() {
			this.standing.arriveAndDeregister();
		}

		/** Returns when all stand still. */
		void close() {
			this.closed = true;
			this.standing.arriveAndAwaitAdvance();
		}

		void open() {
			this.closed = false;
			this.standing.arriveAndAwaitAdvance();
		}

	}

}
