package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.DropReason;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.RunBinding;
import io.telemetryrouter.internal.metrics.SampleBuffer;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * Runs a worker on one thread: takes events and calls the handler until the queue is
 * empty or the executor's batch size is reached. The event in hand is cleared right after
 * it is counted.
 * <p>
 * The thread whose compare-and-set ends the state of a running call decides the outcome
 * of the call. It is the call's own thread, or the watchdog or closing thread, for which
 * the call has timed out. After a timeout the run is over for the call's thread too: the
 * thread waits until its interrupt is delivered, so that the interrupt hits no later
 * work, and returns without touching the lane.
 */
final class LaneRun {

	private static final VarHandle STATE = VarHandles.field(MethodHandles.lookup(), LaneRun.class, "state", long.class);

	/** Timed out; the interrupt is not delivered yet. */
	private static final long GIVEN_UP = -2;

	/** Timed out; the interrupt is delivered, and the thread may return. */
	private static final long INTERRUPTED = -1;

	private final LaneWorker.InHand hand;

	private final Lane lane;

	private final LaneTarget target;

	private final LaneServices services;

	final DispatchStack stack;

	final Thread thread = Thread.currentThread();

	private final @Nullable SampleBuffer buffer;

	private final @Nullable ClassLoader loader = this.thread.getContextClassLoader();

	/** The time when the worker became free for its next event. */
	private long doneAt;

	/**
	 * Odd while a call runs; grows by one at each begin and end. Negative if timed out.
	 */
	private volatile long state;

	// Written before the state; read between a read and a change of the state.

	private long start;

	private @Nullable Envelope<?> event;

	private @Nullable DispatchFrame frame;

	private volatile boolean left;

	LaneRun(LaneWorker.InHand hand, Lane lane, LaneTarget target, LaneServices services, DispatchStack stack) {
		this.hand = hand;
		this.lane = lane;
		this.target = target;
		this.services = services;
		this.stack = stack;
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

	/** Clears the event in hand. Called right after the event is counted. */
	private void counted(Envelope<?> event) {
		this.hand.event = null;
		this.lane.drops.done(event);
	}

	private boolean call(Envelope<?> event, DispatchFrame frame) {
		boolean measured = this.services.measured();
		// One clock read ends a call and starts the next, unless it is emitted later.
		long start = (event.emittedAt - this.doneAt > 0) ? event.emittedAt : this.doneAt;
		if (measured) {
			this.target.queueWait().record(start - event.emittedAt, this.buffer);
		}
		begin(event, frame, (this.services.timeoutNanos() != 0) ? this.services.ticker().now() : start);
		Throwable failure = null;
		try {
			this.target.invoke(event);
		}
		catch (Throwable ex) {
			failure = ex;
		}
		if (!end()) {
			return false;
		}
		idled();
		long nanos = measured ? this.doneAt - start : -1;
		if (failure == null) {
			this.target.handled(event, nanos, this.buffer, this.stack);
			counted(event);
		}
		else {
			this.target.failed(event, failure, nanos, this.stack);
			counted(event);
			// Exclude the report from the handler's time.
			idled();
		}
		return true;
	}

	void begin(Envelope<?> event, DispatchFrame frame, long now) {
		this.event = event;
		this.frame = frame;
		this.start = now;
		STATE.setRelease(this, this.state + 1);
	}

	/** Ends a call. Returns {@code false} if the call has timed out. */
	boolean end() {
		long running = this.state;
		if (isRunning(running) && STATE.compareAndSet(this, running, running + 1)) {
			// Release the payload.
			this.event = null;
			return true;
		}
		while (this.state != INTERRUPTED) {
			Thread.yield();
		}
		return false;
	}

	boolean isRunning() {
		return isRunning(this.state);
	}

	private static boolean isRunning(long state) {
		return state > 0 && (state & 1) != 0;
	}

	/**
	 * Returns whether a call timed out, so that the run does not own the worker any more.
	 */
	boolean isGivenUp() {
		return this.state < 0;
	}

	/** Marks that the thread of a timed-out call has returned. */
	void leave() {
		this.left = true;
	}

	boolean hasLeft() {
		return this.left;
	}

	/**
	 * Gives up the running call if it has taken the timeout or longer, in nanoseconds.
	 */
	@Nullable Overdue giveUp(long now, long timeout) {
		long running = this.state;
		if (!isRunning(running)) {
			return null;
		}
		// If another call runs by now, the compare-and-set of the state fails.
		Envelope<?> call = this.event;
		DispatchFrame in = this.frame;
		// A clock that has jumped back must not keep a call alive beyond the close.
		long nanos = Math.max(0, now - this.start);
		if (call == null || in == null || nanos < timeout) {
			return null;
		}
		// All steps that can throw precede the change of the state.
		Overdue overdue = new Overdue(call, in, nanos, this.thread.getStackTrace(),
				new TimeoutException("The call did not return in time and was given up"));
		overdue.error.setStackTrace(overdue.trace);
		if (!STATE.compareAndSet(this, running, GIVEN_UP)) {
			return null;
		}
		in.running(0);
		this.event = null;
		try {
			this.thread.interrupt();
		}
		catch (Throwable ex) {
			// The interrupt is not permitted, or its channel threw. The lane goes on.
			return overdue;
		}
		finally {
			this.state = INTERRUPTED;
		}
		return overdue;
	}

	/** A call that timed out, with its duration, stack trace and error. */
	record Overdue(Envelope<?> event, DispatchFrame frame, long nanos, StackTraceElement[] trace,
			TimeoutException error) {
	}

}
