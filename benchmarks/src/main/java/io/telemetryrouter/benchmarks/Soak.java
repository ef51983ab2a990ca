package io.telemetryrouter.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Runs a router with hostile handlers for minutes. Checks its accounts and heap every 30
 * seconds, while the emitters are paused, and its threads at the end. Prints Markdown.
 * <p>
 * The seed determines the actions of emitters and handlers, but not their interleaving.
 * Exits with status 1 if an account does not balance or differs from an independent
 * count, if a thread is left over, or if the heap grows.
 */
public final class Soak {

	private static final int EMITTERS = 4;

	private static final Duration BLOCK_TIMEOUT = Duration.ofMillis(10);

	private static final long INTERVAL = TimeUnit.SECONDS.toNanos(30);

	private static final long TIMEOUT = TimeUnit.MINUTES.toNanos(1);

	private static final double MEBIBYTE = 1 << 20;

	private final List<String> faults = new ArrayList<>();

	/** Heap in use after a collection, at each check. */
	private final List<Double> heap = new ArrayList<>();

	private final TelemetryRouter router = TelemetryRouter.builder()
		.blockTimeout(BLOCK_TIMEOUT)
		.shutdownTimeout(Duration.ofSeconds(5))
		.build();

	private final SoakHandlers handlers = new SoakHandlers(this.router);

	private final SoakLoad load;

	private Soak(long seed) {
		this.load = new SoakLoad(this.router, this.handlers, EMITTERS, seed);
	}

	/**
	 * Runs the soak.
	 * @param args {@code --minutes} (5) and {@code --seed} (42)
	 */
	public static void main(String[] args) throws InterruptedException {
		double minutes = Double.parseDouble(option(args, "--minutes", "5"));
		long seed = Long.parseLong(option(args, "--seed", "42"));
		Set<String> before = threads();
		Soak soak = new Soak(seed);
		System.out.printf("# Soak: %s minutes, seed %d, %d emitters, JDK %s, %d cores%n%n", minutes, seed, EMITTERS,
				Runtime.version(), Runtime.getRuntime().availableProcessors());
		soak.run((long) (minutes * TimeUnit.MINUTES.toNanos(1)));
		soak.load.reportTimes(BLOCK_TIMEOUT, soak.faults);
		soak.checkHeap();
		soak.checkThreads(before);
		soak.faults.forEach((fault) -> System.out.println("- **FAULT** " + fault));
		System.out.println(soak.faults.isEmpty() ? "- **Passed**" : "- **Failed**");
		System.exit(soak.faults.isEmpty() ? 0 : 1);
	}

	private static String option(String[] args, String name, String fallback) {
		int index = List.of(args).indexOf(name);
		return (index >= 0 && index + 1 < args.length) ? args[index + 1] : fallback;
	}

	private void run(long nanos) throws InterruptedException {
		long start = System.nanoTime();
		this.load.start();
		System.out.println("| after s | emitted | handled | failed | filtered | dropped | accounts | heap MB |");
		System.out.println("|--:|--:|--:|--:|--:|--:|---|--:|");
		long interval = Math.max(1, Math.min(INTERVAL, nanos / 4));
		while (System.nanoTime() - start < nanos) {
			TimeUnit.NANOSECONDS.sleep(Math.min(interval, start + nanos - System.nanoTime()));
			this.load.pause();
			check(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
			if (System.nanoTime() - start > nanos / 4) {
				this.load.recordTimes();
			}
			this.load.resume();
		}
		this.load.stop();
		this.router.close();
	}

	private void check(long seconds) throws InterruptedException {
		this.router.flush(Duration.ofNanos(TIMEOUT));
		await(() -> {
			HandlerAccount total = total(this.router.snapshot());
			return total.queued() == 0 && total.running() == 0 && total.isBalanced();
		});
		RouterSnapshot snapshot = this.router.snapshot();
		int faultsBefore = this.faults.size();
		this.handlers.check(snapshot, this.faults);
		double used = Footprint.used();
		this.heap.add(used);
		HandlerAccount total = total(snapshot);
		System.out.printf("| %d | %,d | %,d | %,d | %,d | %,d | %s | %.1f |%n", seconds, this.handlers.emitted(),
				total.handled(), total.failed(), total.filtered(), total.droppedTotal(),
				(this.faults.size() == faultsBefore) ? "balance" : "WRONG", used / MEBIBYTE);
	}

	private static boolean await(BooleanSupplier condition) throws InterruptedException {
		for (long end = System.nanoTime() + TIMEOUT; System.nanoTime() < end; TimeUnit.MILLISECONDS.sleep(1)) {
			if (condition.getAsBoolean()) {
				return true;
			}
		}
		return false;
	}

	static HandlerAccount total(RouterSnapshot snapshot) {
		return snapshot.handlers()
			.values()
			.stream()
			.map(HandlerSnapshot::account)
			.reduce(snapshot.retired(), HandlerAccount::plus);
	}

	private void checkHeap() {
		// Classes are loaded, and stripes and tables grow, in the first quarter.
		double warm = this.heap.get(this.heap.size() / 4);
		double last = this.heap.get(this.heap.size() - 1);
		System.out.printf("- Heap after a collection: %.1f MB after warm-up, %.1f MB at the end%n", warm / MEBIBYTE,
				last / MEBIBYTE);
		if (last > warm + warm / 10 + MEBIBYTE) {
			this.faults.add("The heap grows");
		}
	}

	private void checkThreads(Set<String> before) throws InterruptedException {
		// Shared threads of the JDK.
		before.addAll(Set.of("CompletableFutureDelayScheduler", "Common-Cleaner"));
		if (!await(() -> before.containsAll(threads()))) {
			this.faults.add("Threads are left over");
		}
		Set<String> left = threads();
		left.removeAll(before);
		System.out.println("- Threads left over: " + left);
	}

	private static Set<String> threads() {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.map(Thread::getName)
			.filter((name) -> !name.startsWith("ForkJoinPool.commonPool"))
			.collect(Collectors.toCollection(TreeSet::new));
	}

}
