package io.telemetryrouter.benchmarks;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import org.openjdk.jmh.util.ListStatistics;

import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.TelemetryRouter;

/**
 * Measures a thread that emits while another thread subscribes and closes a thousand
 * handlers a second. Prints its throughput relative to that without churn, its longest
 * batch of 64 emits, and the time of a subscription in the first and in the last second.
 */
public final class Churn {

	private static final int BATCH = 64;

	private static final long INTERVAL = 1_000_000;

	private static final long A_SECOND = TimeUnit.SECONDS.toNanos(1);

	private final String[] names;

	private final TelemetryRouter router = Routes.builder("on").build();

	private final PayloadHandler<Object> passing = Observer.counting(1).get(0).lambda();

	/** Durations of subscriptions by start time, in nanoseconds. */
	private final TreeMap<Long, Long> times = new TreeMap<>();

	/** The longest batch of the phase, in nanoseconds. */
	private long longest;

	private Churn(int routes) {
		this.names = Routes.names(routes);
		for (String name : this.names) {
			Observer.counting(3).forEach((observer) -> this.router.subscribe(name, observer.lambda()));
		}
	}

	/**
	 * Runs the measurement.
	 * @param args the number of routes; the duration in seconds
	 */
	public static void main(String[] args) throws InterruptedException {
		int routes = Integer.parseInt(args[0]);
		double seconds = Double.parseDouble(args[1]);
		// Warms the code up, on a router of its own.
		Churn warmUp = new Churn(routes);
		warmUp.emit(Math.min(2, seconds));
		warmUp.emitWhileChurning(Math.min(2, seconds));
		warmUp.router.close();
		Churn churn = new Churn(routes);
		double before = churn.emit(seconds / 8);
		churn.longest = 0;
		double during = churn.emitWhileChurning(seconds);
		Numbers.print("longest.millis", churn.longest / 1e6);
		double after = churn.emit(seconds / 8);
		Numbers.print("throughput", during / ((before + after) / 2));
		Numbers.print("first.micros", median(churn.times.headMap(A_SECOND)) / 1e3);
		// Begins with the subscription that was in progress then.
		Long last = churn.times.floorKey((long) (seconds * A_SECOND) - A_SECOND);
		Numbers.print("last.micros", median(churn.times.tailMap((last != null) ? last : 0L)) / 1e3);
		churn.router.close();
	}

	private double emitWhileChurning(double seconds) throws InterruptedException {
		Thread churning = new Thread(() -> churn(seconds), "churn");
		churning.start();
		double throughput = emit(seconds);
		churning.join();
		return throughput;
	}

	private void churn(double seconds) {
		long begin = System.nanoTime();
		for (long due = begin; due - begin < seconds * A_SECOND;) {
			// After a subscription that exceeds the interval, missed turns are skipped.
			due = Math.max(due + INTERVAL, System.nanoTime());
			for (long rest = due - System.nanoTime(); rest > 0; rest = due - System.nanoTime()) {
				LockSupport.parkNanos(rest);
			}
			long start = System.nanoTime();
			this.router.subscribe(this.names[this.times.size() % this.names.length], this.passing).close();
			this.times.put(start - begin, System.nanoTime() - start);
		}
	}

	private static double median(Map<Long, Long> times) {
		return new ListStatistics(times.values().stream().mapToLong(Long::longValue).toArray()).getPercentile(50);
	}

	/** Emits for a time, and returns the emits per nanosecond. */
	private double emit(double seconds) {
		long start = System.nanoTime();
		long end = start + (long) (seconds * A_SECOND);
		long emits = 0;
		while (System.nanoTime() < end) {
			emitBatch((int) (emits % this.names.length));
			emits += BATCH;
		}
		return emits / (double) (System.nanoTime() - start);
	}

	private void emitBatch(int from) {
		long start = System.nanoTime();
		Routes.emit(this.router::emit, this.names, from, from + BATCH);
		this.longest = Math.max(this.longest, System.nanoTime() - start);
	}

}
