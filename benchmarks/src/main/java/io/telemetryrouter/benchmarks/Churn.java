package io.telemetryrouter.benchmarks;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.TelemetryRouter;

/**
 * What subscriptions that come and go, a thousand a second, cost a thread that emits:
 * prints its throughput against that without them, its longest batch of 64 emits, and
 * what a subscription costs in the last second against the first.
 *
 * @since 0.1.0
 */
public final class Churn {

	private static final int BATCH = 64;

	private static final long INTERVAL = 1_000_000;

	private static final int A_SECOND = 1000;

	private final String[] names;

	private final TelemetryRouter router = Routes.builder("on").build();

	private final PayloadHandler<Object> passing = Observer.counting(1).get(0).lambda();

	/** The longest batch of the phase. */
	private long longest;

	private Churn(int routes) {
		this.names = Routes.names(routes);
		for (String name : this.names) {
			Observer.counting(3).forEach((observer) -> this.router.subscribe(name, observer.lambda()));
		}
	}

	/**
	 * Runs.
	 * @param args how many routes; for how many seconds
	 * @throws InterruptedException if interrupted
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
		double staticLongest = churn.longest;
		churn.longest = 0;
		long[] subscriptions = new long[(int) (seconds * A_SECOND)];
		double during = churn.emitWhileChurning(subscriptions);
		Child.print("longest.millis", churn.longest / 1e6);
		Child.print("static.longest.millis", staticLongest / 1e6);
		double after = churn.emit(seconds / 8);
		Child.print("throughput", during / ((before + after) / 2));
		int second = Math.min(A_SECOND, subscriptions.length / 2);
		Child.print("first.micros", Numbers.percentile(Arrays.copyOf(subscriptions, second), 0.5) / 1e3);
		Child.print("last.micros",
				Numbers.percentile(
						Arrays.copyOfRange(subscriptions, subscriptions.length - second, subscriptions.length), 0.5)
						/ 1e3);
		churn.router.close();
	}

	private void emitWhileChurning(double seconds) throws InterruptedException {
		emitWhileChurning(new long[(int) (seconds * A_SECOND)]);
	}

	private double emitWhileChurning(long[] subscriptions) throws InterruptedException {
		Thread churning = new Thread(() -> churn(subscriptions), "churn");
		churning.start();
		long start = System.nanoTime();
		long emits = 0;
		while (churning.isAlive()) {
			emits += batch(emits);
		}
		churning.join();
		return emits / (double) (System.nanoTime() - start);
	}

	private void churn(long[] times) {
		long due = System.nanoTime();
		for (int i = 0; i < times.length; i++) {
			due += INTERVAL;
			for (long rest = due - System.nanoTime(); rest > 0; rest = due - System.nanoTime()) {
				LockSupport.parkNanos(rest);
			}
			long start = System.nanoTime();
			this.router.subscribe(this.names[i % this.names.length], this.passing).close();
			times[i] = System.nanoTime() - start;
		}
	}

	/** Returns emits a nanosecond. */
	private double emit(double seconds) {
		long start = System.nanoTime();
		long end = start + (long) (seconds * TimeUnit.SECONDS.toNanos(1));
		long emits = 0;
		while (System.nanoTime() < end) {
			emits += batch(emits);
		}
		return emits / (double) (System.nanoTime() - start);
	}

	private int batch(long number) {
		int from = (int) (number % this.names.length);
		long start = System.nanoTime();
		Routes.emit(this.router::emit, this.names, from, from + BATCH);
		this.longest = Math.max(this.longest, System.nanoTime() - start);
		return BATCH;
	}

}
