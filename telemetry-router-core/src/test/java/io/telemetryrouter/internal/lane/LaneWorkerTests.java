package io.telemetryrouter.internal.lane;

import java.lang.reflect.Field;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.EmitTracker.Outcome;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.StuckCalls;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.SampleBuffer;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.support.Ticker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A lane that an exception has left without a worker, or with a polled event: the test
 * acts as the watchdog.
 */
class LaneWorkerTests {

	private static final System.Logger SILENCE = System.getLogger("silence." + LaneWorkerTests.class.getName());

	private final Ticker ticker = new Ticker(null);

	private final EnvelopeSource envelopes = new EnvelopeSource(InstantSource.system(), new Ticker(null), new Runs());

	private final Target target = new Target();

	private final AtomicBoolean clockFails = new AtomicBoolean();

	private LaneExecutor executor = new LaneExecutor(null);

	@AfterEach
	void shutDown() {
		this.target.hung.countDown();
		this.executor.shutdown(true);
	}

	private Lane lane() {
		Reporter reporter = new Reporter(new LogWriter(SILENCE, null), this.ticker);
		return new Lane(this.target, 10, OverflowPolicy.DROP_NEWEST, 1, false, false, new LaneServices(this.executor,
				new ContextPropagation(null, reporter), new SampleBuffers(DispatchStacks.SLOTS), reporter,
				this::instant, this.ticker, false, () -> true, 0, 1, (event) -> false,
				new Recording(new EnvelopeSource(InstantSource.system(), this.ticker, new Runs()), this.ticker)));
	}

	private Instant instant() {
		if (this.clockFails.getAndSet(false)) {
			throw new OutOfMemoryError("on purpose");
		}
		return Instant.EPOCH;
	}

	private CompletableFuture<EmitOutcome> offer(Lane lane, String payload) {
		EmitTracker tracker = new EmitTracker(Runnable::run);
		Envelope<?> event = this.envelopes.envelope("event", payload, this.ticker.now(), null, null, tracker, null);
		DispatchStack stack = DispatchStacks.acquire();
		try {
			assertThat(lane.offer(event, stack)).isTrue();
		}
		finally {
			stack.giveBack();
		}
		lane.wake();
		tracker.emitted();
		return tracker.future();
	}

	@Test
	void whenThreadsAreLackingForLongThenLaneIsWorkedForOnceThereAreSomeAgain() throws Exception {
		ThreadFactory factory = own().getThreadFactory();
		own().setThreadFactory((task) -> {
			throw new OutOfMemoryError("unable to create native thread");
		});
		Lane lane = lane();
		CompletableFuture<EmitOutcome> outcome = offer(lane, "first");
		for (int i = 0; i < 20; i++) {
			look(lane);
		}
		own().setThreadFactory(factory);
		for (int i = 0; i < 20; i++) {
			look(lane);
		}
		// Handled, or given up by one of these looks.
		assertThat(outcome.get(10, TimeUnit.SECONDS).offered()).isOne();
	}

	@Test
	void whenThreadsAreLackingAsACallIsGivenUpThenLaneIsWorkedForOnceThereAreSomeAgain() throws Exception {
		Lane lane = lane();
		offer(lane, "hangs");
		pass(this.target.begun);
		ThreadFactory factory = own().getThreadFactory();
		own().setThreadFactory((task) -> {
			throw new OutOfMemoryError("unable to create native thread");
		});
		for (int i = 0; i < 20; i++) {
			look(lane);
		}
		own().setThreadFactory(factory);
		CompletableFuture<EmitOutcome> outcome = offer(lane, "second");
		for (int i = 0; i < 20; i++) {
			look(lane);
		}
		assertThat(outcome.get(10, TimeUnit.SECONDS).offered()).isOne();
	}

	@Test
	void whenABarrierFailsAsAnEventIsTakenThenTheEventIsCounted() throws Exception {
		Lane lane = lane();
		offer(lane, "hangs");
		pass(this.target.begun);
		AtomicBoolean failed = new AtomicBoolean();
		lane.whenProcessed(new CountDownLatch(1) {

			@Override
			public void countDown() {
				if (failed.compareAndSet(false, true)) {
					throw new OutOfMemoryError("on purpose");
				}
				super.countDown();
			}

		}, null);
		CompletableFuture<EmitOutcome> second = offer(lane, "second");
		this.target.hung.countDown();
		await().until(failed::get);
		CompletableFuture<EmitOutcome> third = offer(lane, "third");
		assertThat(third.get(10, TimeUnit.SECONDS).offered()).isOne();
		assertThat(second.get(10, TimeUnit.SECONDS).offered()).isOne();
		assertThat(this.target.handled.get() + this.target.failed.get()).isEqualTo(3);
	}

	@Test
	void whenTheClockFailsAsACallIsGivenUpThenTheCallIsCountedAndTheLaneGoesOn() throws Exception {
		Lane lane = lane();
		CompletableFuture<EmitOutcome> hanging = offer(lane, "hangs");
		pass(this.target.begun);
		this.clockFails.set(true);
		look(lane);
		CompletableFuture<EmitOutcome> second = offer(lane, "second");
		for (int i = 0; i < 20; i++) {
			look(lane);
		}
		assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(1, 0, 0, 0));
		assertThat(hanging.get(10, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 1, 0, 0));
	}

	@Test
	void whenTheInterruptOfACallThatIsGivenUpFailsThenItsThreadComesBack() throws Exception {
		AtomicBoolean left = new AtomicBoolean();
		Executor threads = (task) -> {
			Thread thread = new Thread(() -> {
				task.run();
				left.set(true);
			}) {

				@Override
				public void interrupt() {
					throw new AssertionError("as from a channel that cannot be closed");
				}

			};
			thread.setDaemon(true);
			thread.start();
		};
		this.executor.shutdown(true);
		this.executor = new LaneExecutor(threads);
		Lane lane = lane();
		CompletableFuture<EmitOutcome> hanging = offer(lane, "hangs");
		pass(this.target.begun);
		look(lane);
		this.target.hung.countDown();
		assertThat(hanging.get(10, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 1, 0, 0));
		await().until(left::get);
	}

	private static void look(Lane lane) {
		try {
			lane.check();
		}
		catch (Throwable ex) {
			// As the watchdog does.
			return;
		}
	}

	/**
	 * The pool of the router's own threads, to make it fail as one does without memory.
	 */
	private ThreadPoolExecutor own() throws ReflectiveOperationException {
		Field field = LaneExecutor.class.getDeclaredField("own");
		field.setAccessible(true);
		return (ThreadPoolExecutor) field.get(this.executor);
	}

	static void pass(CountDownLatch latch) {
		await().atMost(30, TimeUnit.SECONDS).until(() -> latch.getCount() == 0);
	}

	/**
	 * A handler that hangs with the payload "hangs".
	 */
	static class Target implements LaneTarget {

		private final CountDownLatch begun = new CountDownLatch(1);

		private final CountDownLatch hung = new CountDownLatch(1);

		private final AtomicLong handled = new AtomicLong();

		private final AtomicLong failed = new AtomicLong();

		private final List<DropReason> dropped = new CopyOnWriteArrayList<>();

		private final StuckCalls stuckCalls = new StuckCalls();

		private final LatencyHistogram queueWait = new LatencyHistogram();

		@Override
		public String handlerId() {
			return "lane";
		}

		@Override
		public long handlerNumber() {
			return 1;
		}

		@Override
		public StuckCalls stuckCalls() {
			return this.stuckCalls;
		}

		@Override
		public Object payload(RecordedEvent event, Class<?> emitted) {
			throw new UnsupportedOperationException();
		}

		@Override
		public @Nullable Envelope<?> admit(RecordedEvent event) {
			throw new UnsupportedOperationException();
		}

		@Override
		public boolean isQuarantined() {
			return false;
		}

		@Override
		public LatencyHistogram queueWait() {
			return this.queueWait;
		}

		@Override
		public boolean isRecorder() {
			return false;
		}

		@Override
		public void invoke(Envelope<?> event) {
			if ("hangs".equals(event.payload())) {
				this.begun.countDown();
				boolean interrupted = false;
				while (this.hung.getCount() != 0) {
					try {
						this.hung.await();
					}
					catch (InterruptedException ex) {
						interrupted = true;
					}
				}
				if (interrupted) {
					Thread.currentThread().interrupt();
				}
			}
		}

		@Override
		public void handled(Envelope<?> event, long nanos, @Nullable SampleBuffer buffer, DispatchStack stack) {
			this.handled.incrementAndGet();
			EmitTracker.count(tracker(event), Outcome.HANDLED);
		}

		@Override
		public void failed(Envelope<?> event, Throwable error, long nanos, DispatchStack stack) {
			this.failed.incrementAndGet();
			EmitTracker.count(tracker(event), Outcome.FAILED);
		}

		@Override
		public void abandoned(Envelope<?> event, Throwable error, long nanos, DispatchStack stack) {
			failed(event, error, nanos, stack);
		}

		@Override
		public boolean claimProbe(DispatchStack stack) {
			return false;
		}

		@Override
		public void offered() {
			throw new AssertionError("It is told of no gaps");
		}

		@Override
		public void drop(DropReason reason, @Nullable EmitTracker tracker) {
			this.dropped.add(reason);
			EmitTracker.count(tracker, Outcome.DROPPED);
		}

		private static EmitTracker tracker(Envelope<?> event) {
			EmitTracker tracker = event.tracker();
			assertThat(tracker).isNotNull();
			return tracker;
		}

	}

}
