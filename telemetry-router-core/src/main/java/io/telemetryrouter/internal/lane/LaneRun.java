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
 * One stay of a worker on a thread: takes events and calls the handler, until there are
 * none or the executor's other tasks are to have their turn. The event in hand is cleared
 * right after it was counted.
 */
final class LaneRun {

	private final LaneWorker.InHand hand;

	private final Lane lane;

	private final LaneTarget target;

	private final LaneServices services;

	private final DispatchStack stack;

	private final TimedRun calls;

	private final @Nullable SampleBuffer buffer;

	private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();

	/** When the worker was done with its last event. */
	private long doneAt;

	LaneRun(LaneWorker.InHand hand, Lane lane, LaneTarget target, LaneServices services, DispatchStack stack,
			TimedRun calls) {
		this.hand = hand;
		this.lane = lane;
		this.target = target;
		this.services = services;
		this.stack = stack;
		this.calls = calls;
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
				// The last event is processed, for threads that wait for it.
				this.hand.position = EventQueue.Position.NONE;
				// A woken thread mostly preempts the emitter that woke it. The emitter
				// continues first, or each of its events would wake a thread.
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
				// It was read from a disk, and that is not the handler's time.
				idled();
			}
		}
		return event;
	}

	private void restoreLoader() {
		Thread thread = Thread.currentThread();
		if (thread.getContextClassLoader() != this.loader) {
			try {
				thread.setContextClassLoader(this.loader);
			}
			catch (SecurityException ex) {
				// A thread of the user's executor that permits no change of its own.
				return;
			}
		}
	}

	/**
	 * Excludes the time until now from the next call: the thread did not handle events.
	 */
	private void idled() {
		if (this.services.measured()) {
			this.doneAt = this.services.ticker().now();
		}
	}

	/**
	 * Handles or drops an event. Returns {@code false} if the call timed out meanwhile.
	 */
	private boolean handle(Envelope<?> event) {
		DropReason reason = this.lane.discarding();
		if (reason == null && this.target.isQuarantined() && !this.target.claimProbe(this.stack)) {
			reason = DropReason.QUARANTINED;
		}
		if (reason != null) {
			this.lane.missed(event, reason);
			this.target.drop(reason, event.tracker());
			counted(event);
			idled();
			return true;
		}
		DispatchFrame frame = this.stack.enter(event.name(), event.parent());
		RunBinding outer = RunBinding.enter(event.run());
		ContextCarrier.Scope scope = null;
		try {
			frame.envelope(event);
			frame.running(this.target.handlerNumber());
			scope = restoreContext(event, frame);
			return call(event, frame);
		}
		finally {
			close(scope, frame);
			this.stack.exit(frame);
			RunBinding.restore(outer);
			// An interrupt meant for this event must not hit the next.
			Thread.interrupted();
		}
	}

	/** Called right after an event was counted. */
	private void counted(Envelope<?> event) {
		this.hand.event = null;
		this.lane.drops.done(event);
	}

	private boolean call(Envelope<?> event, DispatchFrame frame) {
		boolean measured = this.services.measured();
		// One event ends where the next begins, or before: one read of the clock for
		// both.
		long start = (event.emittedAt - this.doneAt > 0) ? event.emittedAt : this.doneAt;
		if (measured) {
			this.lane.queueWait().record(start - event.emittedAt, this.buffer);
		}
		this.calls.begin(event, frame, this.services.hasTimeout() ? this.services.ticker().now() : start);
		try {
			this.target.invoke(event);
		}
		catch (Throwable ex) {
			if (!this.calls.end()) {
				return false;
			}
			this.target.failed(event, ex, measured ? this.services.ticker().now() - start : -1, this.stack);
			counted(event);
			idled();
			return true;
		}
		if (!this.calls.end()) {
			return false;
		}
		long nanos = -1;
		if (measured) {
			long end = this.services.ticker().now();
			this.doneAt = end;
			nanos = end - start;
		}
		this.target.handled(event, nanos, this.buffer, this.stack);
		counted(event);
		return true;
	}

	private ContextCarrier.@Nullable Scope restoreContext(Envelope<?> event, DispatchFrame frame) {
		Object context = event.context();
		ContextCarrier carrier = (context != null) ? this.services.carrier() : null;
		if (carrier == null || context == null) {
			return null;
		}
		frame.running(this.target.handlerNumber() | DispatchFrame.CARRIER);
		try {
			return carrier.restore(context);
		}
		catch (Throwable ex) {
			this.services.reporter().callbackFailed("Context carrier", ex);
			return null;
		}
		finally {
			frame.running(this.target.handlerNumber());
		}
	}

	private void close(ContextCarrier.@Nullable Scope scope, DispatchFrame frame) {
		if (scope == null) {
			return;
		}
		frame.running(this.target.handlerNumber() | DispatchFrame.CARRIER);
		try {
			scope.close();
		}
		catch (Throwable ex) {
			this.services.reporter().callbackFailed("Context carrier", ex);
		}
	}

}
