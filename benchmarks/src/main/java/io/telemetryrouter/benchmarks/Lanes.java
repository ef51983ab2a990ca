package io.telemetryrouter.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionHandler;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

import io.telemetryrouter.PayloadHandler;

/**
 * What the contenders of the asynchronous hand-off have in common: producers, a handler
 * that counts, and the end of a round, when every event was handled or dropped.
 *
 * @since 0.1.0
 */
public final class Lanes {

	/** How many events the queue of a lane takes. */
	static final int CAPACITY = 1000;

	/** How many events a round has. */
	static final int EVENTS = 100_000;

	private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

	private Lanes() {
	}

	/**
	 * A thread pool with one thread and a bounded queue, as behind {@code @Async}.
	 * @param full what to do with an event that finds the queue full
	 * @return the pool
	 */
	static ThreadPoolExecutor pool(RejectedExecutionHandler full) {
		BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>(CAPACITY);
		return new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, queue, full);
	}

	/** A contender. */
	@State(Scope.Benchmark)
	public abstract static class Contender implements RejectedExecutionHandler {

		/** How many threads produce. */
		@Param({ "1", "2" })
		public int producers;

		/** What a producer does when the queue is full: wait for room, or drop. */
		@Param({ "wait", "drop" })
		public String full;

		final Usage payload = Usage.sample();

		final CountingHandler handler = new CountingHandler();

		private final AtomicLong dropped = new AtomicLong();

		private final ExecutorService others = Executors.newCachedThreadPool();

		/**
		 * Hands events over, on the thread of a producer.
		 * @param count how many
		 */
		abstract void produce(int count);

		/**
		 * Returns how many events were dropped so far; asked when producers are quiet.
		 * @return the number
		 */
		long dropped() {
			return this.dropped.get();
		}

		final boolean waits() {
			return this.full.equals("wait");
		}

		final void drop() {
			this.dropped.incrementAndGet();
		}

		@Override
		public final void rejectedExecution(Runnable task, ThreadPoolExecutor executor) {
			if (!waits()) {
				drop();
				return;
			}
			try {
				executor.getQueue().put(task);
			}
			catch (InterruptedException ex) {
				throw new IllegalStateException(ex);
			}
		}

		final void run(Drops drops) {
			long handledBefore = this.handler.handled();
			long droppedBefore = dropped();
			produceAll();
			long lost = dropped() - droppedBefore;
			long end = handledBefore + EVENTS - lost;
			long start = System.nanoTime();
			while (this.handler.handled() < end) {
				if (System.nanoTime() - start > PATIENCE) {
					throw new IllegalStateException("Lost without being counted: handled " + this.handler.handled()
							+ " of " + end + ", dropped " + lost);
				}
				LockSupport.parkNanos(10_000);
			}
			if (this.handler.handled() > end) {
				throw new IllegalStateException("Handled " + this.handler.handled() + " of " + end);
			}
			drops.dropped += lost;
			drops.offered += EVENTS;
		}

		private void produceAll() {
			int share = EVENTS / this.producers;
			Future<?>[] shares = new Future<?>[this.producers - 1];
			for (int i = 0; i < shares.length; i++) {
				shares[i] = this.others.submit(() -> produce(share));
			}
			produce(share);
			for (Future<?> other : shares) {
				try {
					other.get();
				}
				catch (InterruptedException | ExecutionException ex) {
					throw new IllegalStateException(ex);
				}
			}
		}

		final void stopProducers() {
			this.others.shutdownNow();
		}

	}

	/** Drops, printed beside the throughput. */
	@AuxCounters(AuxCounters.Type.EVENTS)
	@State(Scope.Thread)
	public static class Drops {

		/** Events that were not handled. */
		public long dropped;

		/** Events in all. */
		public long offered;

	}

	/**
	 * Counts. Called by one thread at a time, each after what the one before did.
	 */
	static final class CountingHandler implements PayloadHandler<Object>, Consumer<Usage> {

		private static final VarHandle HANDLED;

		static {
			try {
				HANDLED = MethodHandles.lookup().findVarHandle(CountingHandler.class, "handled", long.class);
			}
			catch (ReflectiveOperationException ex) {
				throw new ExceptionInInitializerError(ex);
			}
		}

		private long handled;

		private int odd;

		@Override
		public void handle(String event, Object payload) {
			accept((Usage) payload);
		}

		@Override
		public void accept(Usage usage) {
			if (usage.inputTokens() <= 0) {
				this.odd++;
			}
			HANDLED.setRelease(this, this.handled + 1);
		}

		long handled() {
			return (long) HANDLED.getAcquire(this);
		}

		int odd() {
			return this.odd;
		}

	}

}
