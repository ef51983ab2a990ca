package io.telemetryrouter.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

import org.openjdk.jmh.util.SampleBuffer;
import org.openjdk.jmh.util.Statistics;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryRouter;

/**
 * Threads of the soak: emitters, one that subscribes and closes handlers, and an idle
 * one.
 */
final class SoakLoad {

	private static final String[] NAMES = SoakHandlers.NAMES;

	private final TelemetryRouter router;

	private final SoakHandlers handlers;

	private final long seed;

	private final List<Emitter> emitters = new ArrayList<>();

	private final List<Thread> threads = new ArrayList<>();

	/** The working threads hold the read lock; the write lock pauses them. */
	private final ReadWriteLock gate = new ReentrantReadWriteLock(true);

	/** Delays of the idle thread, in nanoseconds: pauses of the machine. */
	private final SampleBuffer hiccups = new SampleBuffer();

	private volatile boolean recording;

	private volatile boolean stopped;

	SoakLoad(TelemetryRouter router, SoakHandlers handlers, int emitters, long seed) {
		this.router = router;
		this.handlers = handlers;
		this.seed = seed;
		for (int i = 0; i < emitters; i++) {
			this.emitters.add(new Emitter(i));
		}
		this.threads.addAll(this.emitters);
		this.threads.add(new Thread(this::churn, "soak-churn"));
		this.threads.add(new Thread(this::idle, "soak-idle"));
	}

	void start() {
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
			try (Subscription subscription = this.router.subscribe(spec.handler(this.handlers.passing).build())) {
				LockSupport.parkNanos(random.nextInt(2_000_000));
				this.router.handlerSnapshot(subscription.handlerId());
			}
		});
	}

	private void idle() {
		whileRunning(() -> {
			long start = System.nanoTime();
			LockSupport.parkNanos(1_000_000);
			if (this.recording) {
				this.hiccups.add(Math.max(0, System.nanoTime() - start - 1_000_000));
			}
		});
	}

	void recordTimes() {
		this.recording = true;
	}

	/** Prints the times of the emits, and checks the bound of the policy. */
	void reportTimes(Duration bound, List<String> faults) {
		SampleBuffer own = new SampleBuffer();
		this.emitters.forEach((emitter) -> own.addAll(emitter.own));
		System.out.println("\n| since the first quarter | count | p50 µs | p99 µs | p99.9 µs | max ms |");
		System.out.println("|---|--:|--:|--:|--:|--:|");
		Statistics router = print("an emit: the router with its waits, without synchronous handlers", own);
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

	final class Emitter extends Thread {

		private final SplittableRandom random;

		/** Times of emits without synchronous handlers. */
		private final SampleBuffer own = new SampleBuffer();

		/** Time of synchronous handlers within the current emit. */
		long inHandlers;

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

		private void emitMeasured(String name, int value) {
			this.inHandlers = 0;
			long start = System.nanoTime();
			SoakLoad.this.handlers.emit(name, value);
			long nanos = System.nanoTime() - start;
			if (SoakLoad.this.recording) {
				this.own.add(Math.max(0, nanos - this.inHandlers));
			}
		}

	}

}
