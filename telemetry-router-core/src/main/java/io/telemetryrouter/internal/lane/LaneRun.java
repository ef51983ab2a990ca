package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.DropReason;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.RunBinding;
import io.telemetryrouter.internal.metrics.SampleBuffer;

/**
 * Runs a worker on one thread: takes events and calls the handler until the queue is
 * empty or the executor's batch size is reached. If a {@linkplain CallTimeout call times
 * out}, the run ends without touching the lane again.
 */
final class LaneRun {

	private final LaneWorker worker;

	private final LaneWorker.InHand hand;

	private final Lane lane;

	private final LaneTarget target;

	private final LaneServices services;

	private final DispatchStack stack;

	private final CallTimeout timeout;

	private final Thread thread = Thread.currentThread();

	private final @Nullable SampleBuffer buffer;

	private final @Nullable ClassLoader loader = this.thread.getContextClassLoader();

	/** The time when the worker became free for its next event. */
	private long doneAt;

	LaneRun(LaneWorker worker, DispatchStack stack, CallTimeout timeout) {
		this.worker = worker;
		this.hand = worker.hand;
		this.lane = worker.lane;
		this.target = worker.target;
		this.services = worker.services;
		this.stack = stack;
		this.timeout = timeout;
		this.buffer = services.measured() ? services.samples().get(stack.slot) : null;
	}

	void run() {
		int budget = this.services.executor().batchSize();
		idled();
		Envelope<?> event = take();
		while (event != null) {
			boolean mine = handle(event);
			restoreLoader();
			if (!mine || --budget == 0) {
				return;
			}
			event = take();
			if (event == null) {
				// Threads that wait for the last event see that it is processed.
				this.hand.position = EventQueue.Position.NONE;
				// A woken worker often preempts the emitter that woke it. Let the emitter
				// continue: otherwise each of its events would wake a thread.
				Thread.yield();
				idled();
				event = take();
			}
		}
	}

	private @Nullable Envelope<?> take() {
		Envelope<?> event = this.lane.take(this.hand);
		this.hand.event = event;
		if (event != null) {
			this.lane.taken(this.hand);
			if (this.lane.isBehind()) {
				// Exclude the read from disk from the handler's time.
				idled();
			}
		}
		return event;
	}

	private void restoreLoader() {
		if (this.thread.getContextClassLoader() != this.loader) {
			try {
				this.thread.setContextClassLoader(this.loader);
			}
			catch (SecurityException ex) {
				// The user's executor does not permit changes of its threads.
				return;
			}
		}
	}

	/** Excludes the time until now from the duration of the next call. */
	private void idled() {
		if (this.services.measured()) {
			this.doneAt = this.services.ticker().now();
		}
	}

	/** Handles or drops an event. Returns {@code false} if the call timed out. */
	private boolean handle(Envelope<?> event) {
		DropReason reason = this.lane.discarding();
		if (reason == null && this.target.isQuarantined() && !this.target.claimProbe(this.stack)) {
			reason = DropReason.QUARANTINED;
		}
		if (reason != null) {
			this.lane.missed(event, reason);
			this.target.drop(reason, event.tracker());
			this.worker.counted(event);
			idled();
			return true;
		}
		DispatchFrame frame = this.stack.enter(event.name(), event.parent());
		RunBinding outer = RunBinding.enter(event.run());
		ContextCarrier.Scope scope = null;
		try {
			frame.envelope(event);
			frame.running(this.target.handlerNumber());
			scope = this.services.context().restore(event.context(), frame, this.target.handlerNumber());
			return call(event, frame);
		}
		finally {
			this.services.context().close(scope, frame, this.target.handlerNumber());
			this.stack.exit(frame);
			RunBinding.restore(outer);
			// An interrupt during this event must not affect the next one.
			Thread.interrupted();
		}
	}

	private boolean call(Envelope<?> event, DispatchFrame frame) {
		boolean measured = this.services.measured();
		// One clock read ends a call and starts the next, unless it is emitted later.
		long start = (event.emittedAt - this.doneAt > 0) ? event.emittedAt : this.doneAt;
		if (measured) {
			this.target.queueWait().record(start - event.emittedAt, this.buffer);
		}
		this.timeout.begin(event, frame, (this.services.timeoutNanos() != 0) ? this.services.ticker().now() : start);
		Throwable failure = null;
		try {
			this.target.invoke(event);
		}
		catch (Throwable ex) {
			failure = ex;
		}
		if (!this.timeout.end()) {
			return false;
		}
		idled();
		long nanos = measured ? this.doneAt - start : -1;
		if (failure == null) {
			this.target.handled(event, nanos, this.buffer, this.stack);
			this.worker.counted(event);
		}
		else {
			this.target.failed(event, failure, nanos, this.stack);
			this.worker.counted(event);
			// Exclude the report from the handler's time.
			idled();
		}
		return true;
	}

}
