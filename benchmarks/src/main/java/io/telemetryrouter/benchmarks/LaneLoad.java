package io.telemetryrouter.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.openjdk.jmh.util.ListStatistics;
import org.openjdk.jmh.util.Statistics;

import org.springframework.core.task.VirtualThreadTaskExecutor;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetryRouterBuilder;
import io.telemetryrouter.benchmarks.AsyncBenchmark.Counter;

/**
 * Measures lanes at a steady rate: prints the processor time of all threads except the
 * emitter's per handled event, and percentiles of the emits. The emitter spins between
 * evenly spaced emits.
 */
public final class LaneLoad {

	private LaneLoad() {
	}

	/**
	 * Runs the measurement.
	 * @param args "pool", "router", "platform" or "virtual" (a router whose lanes run on
	 * such threads); the number of lanes; emits a second; the duration in seconds
	 */
	public static void main(String[] args) {
		int lanes = Integer.parseInt(args[1]);
		long interval = TimeUnit.SECONDS.toNanos(1) / Integer.parseInt(args[2]);
		int emits = (int) (Double.parseDouble(args[3]) * Integer.parseInt(args[2]));
		List<Counter> counters = Stream.generate(Counter::new).limit(lanes).toList();
		try (Emitter emitter = args[0].equals("pool") ? AsyncBenchmark.pool(counters.get(0))
				: router(args[0], counters)) {
			run(emitter, Math.max(100, emits / 2), interval);
			long handled = handled(counters);
			double before = processorTime();
			Statistics times = new ListStatistics(run(emitter, emits, interval));
			Numbers.print("cpu.nanos", (processorTime() - before) / (handled(counters) - handled));
			Numbers.print("p50.nanos", times.getPercentile(50));
			Numbers.print("p99.nanos", times.getPercentile(99));
		}
		System.exit(0);
	}

	private static Emitter router(String executor, List<Counter> counters) {
		TelemetryRouterBuilder builder = Routes.builder("on").shutdownTimeout(Duration.ofSeconds(1));
		if (executor.equals("virtual")) {
			builder.laneExecutor(new VirtualThreadTaskExecutor("lane-"));
		}
		else if (executor.equals("platform")) {
			builder.laneExecutor(Executors.newCachedThreadPool());
		}
		TelemetryRouter router = builder.build();
		counters.forEach((counter) -> router.subscribe(HandlerSpec.on(Usage.EVENT).async().handler(counter).build()));
		return Emitter.of(router);
	}

	private static long[] run(Emitter emitter, int emits, long interval) {
		Usage payload = Usage.sample();
		long[] times = new long[emits];
		long due = System.nanoTime();
		for (int i = 0; i < emits; i++) {
			due += interval;
			long now = System.nanoTime();
			while (now < due) {
				Thread.onSpinWait();
				now = System.nanoTime();
			}
			emitter.emit(Usage.EVENT, payload);
			times[i] = System.nanoTime() - now;
		}
		return times;
	}

	private static long handled(List<Counter> counters) {
		return counters.stream().mapToLong(Counter::handled).sum();
	}

	/** Sums up the threads, because the process time has a resolution of 10 ms. */
	private static double processorTime() {
		ThreadMXBean threads = ManagementFactory.getThreadMXBean();
		double sum = 0;
		for (long id : threads.getAllThreadIds()) {
			sum += (id == Thread.currentThread().getId()) ? 0 : Math.max(0, threads.getThreadCpuTime(id));
		}
		return sum;
	}

}
