package io.telemetryrouter.benchmarks;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

import com.google.common.eventbus.AllowConcurrentEvents;
import com.google.common.eventbus.AsyncEventBus;
import com.google.common.eventbus.Subscribe;
import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.EventTranslatorOneArg;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import com.lmax.disruptor.util.DaemonThreadFactory;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import reactor.core.Disposable;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.benchmarks.Lanes.Contender;
import io.telemetryrouter.benchmarks.Lanes.Drops;

/**
 * Handing events to one lane of 1000, until every event is handled (or, where producers
 * do not wait, dropped and counted). Time is per event offered.
 *
 * @since 0.1.0
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 8, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
@OperationsPerInvocation(Lanes.EVENTS)
public class AsyncBenchmark {

	@Benchmark
	public void router(Router contender, Drops drops) {
		contender.run(drops);
	}

	@Benchmark
	public void threadPool(ThreadPool contender, Drops drops) {
		contender.run(drops);
	}

	@Benchmark
	public void guava(Guava contender, Drops drops) {
		contender.run(drops);
	}

	@Benchmark
	public void disruptor(RingBuffer contender, Drops drops) {
		contender.run(drops);
	}

	@Benchmark
	public void jctools(Jctools contender, Drops drops) {
		contender.run(drops);
	}

	@Benchmark
	public void limit(Limit contender, Drops drops) {
		contender.run(drops);
	}

	@Benchmark
	public void reactor(Reactor contender, Drops drops) {
		contender.run(drops);
	}

	/** Ours. */
	public static class Router extends Contender {

		@Param({ "off", "on" })
		public String measuring;

		private TelemetryRouter router;

		/**
		 * Prepares the router.
		 */
		@Setup
		public void setUp() {
			this.router = Routers.builder(this.measuring).blockTimeout(Duration.ofMinutes(1)).build();
			this.router.subscribe(HandlerSpec.on(Usage.EVENT)
				.id("lane")
				.async()
				.maxQueue(Lanes.CAPACITY)
				.overflow(waits() ? OverflowPolicy.BLOCK : OverflowPolicy.DROP_NEWEST)
				.handler(this.handler)
				.build());
		}

		/**
		 * Closes the router.
		 */
		@TearDown
		public void tearDown() {
			this.router.flush(Duration.ofSeconds(10));
			HandlerAccount account = account();
			if (!account.isBalanced() || account.handled() != this.handler.handled()) {
				throw new IllegalStateException("Not balanced: " + account);
			}
			this.router.close();
			stopProducers();
		}

		@Override
		void produce(int count) {
			for (int i = 0; i < count; i++) {
				this.router.emit(Usage.EVENT, this.payload);
			}
		}

		@Override
		long dropped() {
			return account().droppedTotal();
		}

		private HandlerAccount account() {
			HandlerSnapshot snapshot = this.router.handlerSnapshot("lane");
			if (snapshot == null) {
				throw new IllegalStateException("No handler");
			}
			return snapshot.account();
		}

	}

	/** A bounded thread pool, which {@code @Async} gives. */
	public static class ThreadPool extends Contender {

		private ThreadPoolExecutor executor;

		/**
		 * Prepares the pool.
		 */
		@Setup
		public void setUp() {
			this.executor = Lanes.pool(this);
		}

		/**
		 * Stops the pool.
		 */
		@TearDown
		public void tearDown() {
			this.executor.shutdownNow();
			stopProducers();
		}

		@Override
		void produce(int count) {
			for (int i = 0; i < count; i++) {
				Usage usage = this.payload;
				this.executor.execute(() -> this.handler.accept(usage));
			}
		}

	}

	/** Guava's asynchronous event bus over a bounded thread pool. */
	public static class Guava extends Contender {

		private ThreadPoolExecutor executor;

		private AsyncEventBus bus;

		/**
		 * Prepares the bus.
		 */
		@Setup
		public void setUp() {
			this.executor = Lanes.pool(this);
			this.bus = new AsyncEventBus(this.executor);
			this.bus.register(this);
		}

		/**
		 * Stops the pool.
		 */
		@TearDown
		public void tearDown() {
			this.executor.shutdownNow();
			stopProducers();
		}

		/**
		 * Handles an event.
		 * @param usage the payload
		 */
		@Subscribe
		@AllowConcurrentEvents
		public void on(Usage usage) {
			this.handler.accept(usage);
		}

		@Override
		void produce(int count) {
			for (int i = 0; i < count; i++) {
				this.bus.post(this.payload);
			}
		}

	}

	/** The Disruptor, for several producers, with its blocking wait. */
	public static class RingBuffer extends Contender {

		private static final EventTranslatorOneArg<Slot, Usage> TRANSLATOR = (slot, sequence,
				usage) -> slot.usage = usage;

		private Disruptor<Slot> disruptor;

		/**
		 * Prepares the ring.
		 */
		@Setup
		public void setUp() {
			this.disruptor = new Disruptor<>(Slot::new, 1024, DaemonThreadFactory.INSTANCE, ProducerType.MULTI,
					new BlockingWaitStrategy());
			this.disruptor.handleEventsWith((slot, sequence, endOfBatch) -> {
				Usage usage = slot.usage;
				if (usage != null) {
					this.handler.accept(usage);
				}
			});
			this.disruptor.start();
		}

		/**
		 * Stops the consumer.
		 */
		@TearDown
		public void tearDown() {
			this.disruptor.halt();
			stopProducers();
		}

		@Override
		void produce(int count) {
			com.lmax.disruptor.RingBuffer<Slot> ring = this.disruptor.getRingBuffer();
			if (waits()) {
				for (int i = 0; i < count; i++) {
					ring.publishEvent(TRANSLATOR, this.payload);
				}
				return;
			}
			for (int i = 0; i < count; i++) {
				if (!ring.tryPublishEvent(TRANSLATOR, this.payload)) {
					drop();
				}
			}
		}

		private static final class Slot {

			private @Nullable Usage usage;

		}

	}

	/**
	 * A JCTools queue with a consumer that parks.
	 *
	 * @param <T> what is queued
	 */
	public abstract static class Parking<T> extends Contender implements Runnable {

		private final MessagePassingQueue<T> queue = new MpscVarHandleArrayQueue<>(Lanes.CAPACITY);

		private final Thread consumer = new Thread(this, "consumer");

		private volatile boolean parked;

		private volatile boolean stopped;

		/**
		 * Starts the consumer.
		 */
		@Setup
		public void setUp() {
			this.consumer.start();
		}

		/**
		 * Stops the consumer.
		 */
		@TearDown
		public void tearDown() {
			this.stopped = true;
			LockSupport.unpark(this.consumer);
			stopProducers();
		}

		final void offer(T item) {
			while (!this.queue.offer(item)) {
				if (!waits()) {
					drop();
					return;
				}
				LockSupport.parkNanos(1);
			}
			// The queue publishes without one; the consumer could park and not be seen.
			VarHandle.fullFence();
			if (this.parked) {
				this.parked = false;
				LockSupport.unpark(this.consumer);
			}
		}

		abstract void consume(T item);

		/**
		 * Lets items gather, if that is worth while.
		 * @param taken how many were taken without a pause
		 */
		void gather(int taken) {
		}

		final int queued() {
			return this.queue.size();
		}

		@Override
		public void run() {
			int taken = 0;
			while (!this.stopped) {
				T item = this.queue.poll();
				if (item != null) {
					consume(item);
					gather(++taken);
					continue;
				}
				taken = 0;
				this.parked = true;
				if (this.queue.isEmpty() && !this.stopped) {
					LockSupport.park(this);
				}
				this.parked = false;
			}
		}

	}

	/** JCTools by itself. */
	public static class Jctools extends Parking<Usage> {

		@Override
		void produce(int count) {
			for (int i = 0; i < count; i++) {
				offer(this.payload);
			}
		}

		@Override
		void consume(Usage usage) {
			this.handler.accept(usage);
		}

	}

	/**
	 * What a hand-off costs at least that lets a handler know an event's name, its number
	 * and when it was emitted; measured, with an exact duration of each emit, each wait
	 * and each call, in as few looks at the clock as that takes. Where only a few events
	 * are left the consumer lets some gather, as ours does, and so leaves alone what the
	 * producer is about to write.
	 */
	public static class Limit extends Parking<Limit.Event> {

		private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

		/** How many longs fill a cache line. */
		private static final int LINE = 8;

		private static final int DONE = LINE;

		private static final int WAITED = LINE + 1;

		private static final int RAN = LINE + 2;

		@Param({ "off", "on" })
		public String measuring;

		private final AtomicLong sequence = new AtomicLong();

		/** What producers have in cells of their own while they produce. */
		private final AtomicLong emitting = new AtomicLong();

		/** What the consumer writes, away from what producers read. */
		private final long[] times = new long[3 * LINE];

		@Override
		void produce(int count) {
			boolean measured = this.measuring.equals("on");
			long[] cell = new long[3 * LINE];
			for (int i = 0; i < count; i++) {
				long start = System.nanoTime();
				offer(new Event(Usage.EVENT, this.payload, this.sequence.incrementAndGet(), start));
				if (measured) {
					CELL.setRelease(cell, LINE, cell[LINE] + System.nanoTime() - start);
				}
			}
			this.emitting.addAndGet(cell[LINE]);
		}

		@Override
		void gather(int taken) {
			if (taken % 32 == 0 && queued() < 64) {
				for (int i = 0; i < 1024; i++) {
					Thread.onSpinWait();
				}
				this.times[DONE] = System.nanoTime();
			}
		}

		@Override
		void consume(Event event) {
			if (!this.measuring.equals("on")) {
				this.handler.accept(event.payload());
				return;
			}
			long start = Math.max(this.times[DONE], event.emittedAt());
			this.times[WAITED] += start - event.emittedAt();
			this.handler.accept(event.payload());
			long end = System.nanoTime();
			this.times[DONE] = end;
			this.times[RAN] += end - start;
		}

		/**
		 * Checks what was measured.
		 */
		@Override
		@TearDown
		public void tearDown() {
			super.tearDown();
			if (this.sequence.get() == 0 || this.times[WAITED] + this.times[RAN] + this.emitting.get() < 0) {
				throw new IllegalStateException("Nothing measured");
			}
		}

		record Event(String name, Usage payload, long sequence, long emittedAt) {
		}

	}

	/** Reactor: a sink that says when it is full, published on one thread. */
	public static class Reactor extends Contender {

		private final Sinks.Many<Usage> sink = Sinks.many().multicast().directAllOrNothing();

		private final Scheduler scheduler = Schedulers.newSingle("consumer", true);

		private Disposable subscription;

		/**
		 * Subscribes.
		 */
		@Setup
		public void setUp() {
			this.subscription = this.sink.asFlux().publishOn(this.scheduler, Lanes.CAPACITY).subscribe(this.handler);
		}

		/**
		 * Stops the consumer.
		 */
		@TearDown
		public void tearDown() {
			this.subscription.dispose();
			this.scheduler.dispose();
			stopProducers();
		}

		@Override
		void produce(int count) {
			boolean waits = waits();
			for (int i = 0; i < count; i++) {
				Sinks.EmitResult result = this.sink.tryEmitNext(this.payload);
				while (result != Sinks.EmitResult.OK) {
					if (result == Sinks.EmitResult.FAIL_NON_SERIALIZED) {
						Thread.onSpinWait();
					}
					else if (!waits) {
						drop();
						break;
					}
					else {
						LockSupport.parkNanos(1);
					}
					result = this.sink.tryEmitNext(this.payload);
				}
			}
		}

	}

}
