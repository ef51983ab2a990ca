package io.telemetryrouter.benchmarks;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Semaphore;

import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;

import org.springframework.core.task.VirtualThreadTaskExecutor;

import io.telemetryrouter.TelemetryRouter;

/**
 * Measures many short-lived virtual threads that each emit once: prints the time per
 * thread, the longest emit and the time of garbage collection, with emits or without.
 * Needs JDK 21 or later.
 */
public final class VirtualThreads {

	private static final int AT_ONCE = 1000;

	private VirtualThreads() {
	}

	/**
	 * Runs the measurement.
	 * @param args "with" or "without" emits; the number of threads
	 */
	public static void main(String[] args) throws InterruptedException {
		boolean emits = args[0].equals("with");
		int threads = Integer.parseInt(args[1]);
		try (TelemetryRouter router = Routes.builder("on").build()) {
			Observer.reading(3).forEach((observer) -> router.subscribe(Usage.EVENT, observer.lambda()));
			Emitter emitter = emits ? router::emit : (event, payload) -> {
			};
			run(emitter, threads / 10);
			System.gc();
			double collecting = collecting();
			long start = System.nanoTime();
			Statistics times = new ListStatistics(run(emitter, threads));
			Numbers.print("micros", (System.nanoTime() - start) / 1e3 / threads);
			// Whole milliseconds, at least one, so that there is a ratio.
			Numbers.print("gc.millis", Math.max(1, collecting() - collecting));
			Numbers.print("longest.millis", times.getMax() / 1e6);
		}
	}

	private static long[] run(Emitter emitter, int threads) throws InterruptedException {
		Usage payload = Usage.sample();
		long[] times = new long[threads];
		VirtualThreadTaskExecutor executor = new VirtualThreadTaskExecutor();
		Semaphore permits = new Semaphore(AT_ONCE);
		for (int i = 0; i < threads; i++) {
			int number = i;
			permits.acquire();
			executor.execute(() -> {
				long start = System.nanoTime();
				emitter.emit(Usage.EVENT, payload);
				times[number] = System.nanoTime() - start;
				permits.release();
			});
		}
		permits.acquire(AT_ONCE);
		return times;
	}

	private static double collecting() {
		return ManagementFactory.getGarbageCollectorMXBeans()
			.stream()
			.mapToLong(GarbageCollectorMXBean::getCollectionTime)
			.sum();
	}

}
