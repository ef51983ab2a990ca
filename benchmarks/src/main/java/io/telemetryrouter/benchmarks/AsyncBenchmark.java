package io.telemetryrouter.benchmarks;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import com.google.common.util.concurrent.Uninterruptibles;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.TelemetryRouter;

/**
 * Hand-off of events to one serial consumer through a queue with a capacity of 1000.
 * Producers wait for free capacity, and an invocation ends when every event is handled.
 * Time is per event.
 */
@Warmup(iterations = 6, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@OperationsPerInvocation(AsyncBenchmark.EVENTS)
public class AsyncBenchmark extends AbstractBenchmark {

	static final int EVENTS = 100_000;

	private static final int CAPACITY = 1000;

	@Param({ "router", "jctools", "pool" })
	public String by;

	@Param({ "1", "2" })
	public int producers;

	@Param({ "off", "on" })
	public String measuring;

	private final Counter counter = new Counter();

	private final ExecutorService others = Executors.newCachedThreadPool();

	@Setup
	public void setUp() {
		this.emitter = switch (this.by) {
			case "router" -> router(this.measuring, this.counter);
			case "jctools" -> new Parking(this.counter);
			case "pool" -> pool(this.counter);
			default -> throw new IllegalArgumentException(this.by);
		};
	}

	@TearDown
	public void stopProducers() {
		this.others.shutdownNow();
	}

	@Benchmark
	public void handOff() throws InterruptedException, ExecutionException {
		long end = this.counter.handled() + EVENTS;
		Future<?>[] shares = new Future<?>[this.producers - 1];
		for (int i = 0; i < shares.length; i++) {
			shares[i] = this.others.submit(this::produce);
		}
		produce();
		for (Future<?> share : shares) {
			share.get();
		}
		for (long start = System.nanoTime(); this.counter.handled() != end; LockSupport.parkNanos(10_000)) {
			if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(60)) {
				throw new IllegalStateException("Handled " + this.counter.handled() + " of " + end);
			}
		}
	}

	private void produce() {
		for (int i = EVENTS / this.producers; i > 0; i--) {
			this.emitter.emit(Usage.EVENT, this.payload);
		}
	}

	private static Emitter router(String measuring, Counter counter) {
		TelemetryRouter router = Routes.builder(measuring).blockTimeout(Duration.ofMinutes(1)).build();
		router.subscribe(HandlerSpec.on(Usage.EVENT)
			.id("lane")
			.async()
			.maxQueue(CAPACITY)
			.overflow(OverflowPolicy.BLOCK)
			.handler(counter)
			.build());
		return Emitter.closing(router::emit, () -> {
			router.flush(Duration.ofSeconds(10));
			HandlerAccount account = Objects.requireNonNull(router.handlerSnapshot("lane")).account();
			if (!account.isBalanced() || account.handled() != counter.handled()) {
				throw new IllegalStateException("Not balanced: " + account);
			}
			router.close();
		});
	}

	/**
	 * Creates a thread pool with one thread and a bounded queue, as behind
	 * {@code @Async}. Producers wait for free capacity.
	 */
	static Emitter pool(Counter counter) {
		ThreadPoolExecutor pool = new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(CAPACITY),
				(task, executor) -> Uninterruptibles.putUninterruptibly(executor.getQueue(), task));
		return Emitter.closing((event, payload) -> pool.execute(() -> counter.handle(event, payload)),
				pool::shutdownNow);
	}

	/** A JCTools queue with a consumer that parks. */
	private static final class Parking implements Emitter, Runnable {

		private final MessagePassingQueue<Object> queue = new MpscVarHandleArrayQueue<>(CAPACITY);

		private final Thread consumer = new Thread(this, "consumer");

		private final Counter counter;

		private volatile boolean parked;

		private volatile boolean stopped;

		Parking(Counter counter) {
			this.counter = counter;
			this.consumer.start();
		}

		@Override
		public void emit(String event, Object payload) {
			while (!this.queue.offer(payload)) {
				LockSupport.parkNanos(1);
			}
			// The queue publishes without a full fence: a parking consumer could be
			// missed.
			VarHandle.fullFence();
			if (this.parked) {
				this.parked = false;
				LockSupport.unpark(this.consumer);
			}
		}

		@Override
		public void run() {
			while (!this.stopped) {
				Object payload = this.queue.poll();
				if (payload != null) {
					this.counter.handle(Usage.EVENT, payload);
					continue;
				}
				this.parked = true;
				if (this.queue.isEmpty() && !this.stopped) {
					LockSupport.park(this);
				}
				this.parked = false;
			}
		}

		@Override
		public void close() {
			this.stopped = true;
			LockSupport.unpark(this.consumer);
		}

	}

	/** Counts events. Called by one thread at a time, ordered by the contender. */
	static final class Counter implements PayloadHandler<Object> {

		private final AtomicLong handled = new AtomicLong();

		@Override
		public void handle(String event, Object payload) {
			this.handled.setRelease(this.handled.getPlain() + ((((Usage) payload).inputTokens() > 0) ? 1 : 2));
		}

		long handled() {
			return this.handled.getAcquire();
		}

	}

}
