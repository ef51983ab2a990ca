package io.telemetryrouter.internal.lane;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.Silence;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EmitTracker;
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

/**
 * A lane, for models of its interleavings. The tasks of its workers have no threads of
 * their own: they are collected, and run by a thread of the model and at the end, so that
 * a lost wake-up shows as an event that was never handled.
 */
class LaneModel implements LaneTarget {

	final Lane lane;

	final AtomicInteger emitted = new AtomicInteger();

	final AtomicInteger handled = new AtomicInteger();

	final AtomicInteger dropped = new AtomicInteger();

	private final AtomicInteger running = new AtomicInteger();

	/** Whether more calls than workers overlapped. */
	private volatile boolean overlapped;

	private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

	private final Ticker ticker = new Ticker(() -> 0);

	private final EnvelopeSource envelopes = new EnvelopeSource(LaneQueueModel.CLOCK, this.ticker, new Runs());

	final Recording recording = new Recording(this.envelopes, this.ticker);

	final LaneServices services;

	LaneModel(int capacity, OverflowPolicy overflow, int concurrency) {
		Reporter reporter = new Reporter(new LogWriter(new Silence(), null), this.ticker);
		this.services = new LaneServices(new LaneExecutor(this.tasks::add), new ContextPropagation(null, reporter),
				new SampleBuffers(1), reporter, LaneQueueModel.CLOCK, this.ticker, false, () -> true, 0, 0,
				(event) -> false, this.recording);
		this.lane = new Lane(this, capacity, overflow, concurrency, false, false, this.services);
	}

	void emit() {
		Envelope<?> event = this.envelopes.envelope("event", null, 0, null, null, null, null);
		DispatchStack stack = DispatchStacks.acquire();
		this.lane.offer(event, stack);
		this.emitted.incrementAndGet();
		stack.giveBack();
		this.lane.wake();
	}

	/** Runs the tasks of the workers that were woken. */
	void work() {
		for (Runnable task = this.tasks.poll(); task != null; task = this.tasks.poll()) {
			task.run();
		}
	}

	void validateAll() {
		work();
		if (this.handled.get() + this.dropped.get() != this.emitted.get() || this.lane.pending(null) != 0
				|| this.overlapped) {
			throw new AssertionError(this.emitted + " emitted, " + this.handled + " handled, " + this.dropped
					+ " dropped, " + this.lane.pending(null) + " pending, overlapped: " + this.overlapped);
		}
	}

	@Override
	public void invoke(Envelope<?> event) {
		if (this.running.incrementAndGet() > this.lane.concurrency()) {
			this.overlapped = true;
		}
		this.running.decrementAndGet();
	}

	@Override
	public void handled(Envelope<?> event, long nanos, @Nullable SampleBuffer buffer, DispatchStack stack) {
		this.handled.incrementAndGet();
	}

	@Override
	public void drop(DropReason reason, @Nullable EmitTracker tracker) {
		this.dropped.incrementAndGet();
	}

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
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean isRecorder() {
		return false;
	}

	@Override
	public LatencyHistogram queueWait() {
		throw new UnsupportedOperationException();
	}

	@Override
	public void offered() {
	}

	@Override
	public void failed(Envelope<?> event, Throwable error, long nanos, DispatchStack stack) {
		throw new AssertionError(error);
	}

	@Override
	public void abandoned(Envelope<?> event, Throwable error, long nanos, DispatchStack stack) {
		throw new AssertionError(error);
	}

	@Override
	public boolean isQuarantined() {
		return false;
	}

	@Override
	public boolean claimProbe(DispatchStack stack) {
		return false;
	}

	@Override
	public Object payload(RecordedEvent event, Class<?> emitted) {
		throw new UnsupportedOperationException();
	}

	@Override
	public @Nullable Envelope<?> admit(RecordedEvent event) {
		throw new UnsupportedOperationException();
	}

}
