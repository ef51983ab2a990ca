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
 * One stay of a worker on a thread: takes events and calls the handler, until there are
 * none or the executor's other tasks are to have their turn. The event in hand is cleared
 * right after it was counted.
 * <p>
 * The thread that changes the state from that of a running call decides how the call
 * ended: the call's own thread, or the watchdog (or the close), for which the call has
 * timed out. In the second case the run is over for the call's thread too. It waits until
 * its interrupt has arrived, so that the interrupt hits no later work, and leaves without
 * touching the lane.
 */
final class LaneRun {

	private static final VarHandle STATE = VarHandles.field(MethodHandles.lookup(), LaneRun.class, "state", long.class);

	/** Timed out, and the interrupt has not arrived yet. */
	private static final long GIVEN_UP = -2;

	/** Timed out, and the thread may leave. */
	private static final long INTERRUPTED = -1;

	private final LaneWorker.InHand hand;

	private final Lane lane;

	private final LaneTarget target;

	private final LaneServices services;

	final DispatchStack stack;

	final Thread thread = Thread.currentThread();

	private final @Nullable SampleBuffer buffer;

	private final @Nullable ClassLoader loader = this.thread.getContextClassLoader();

	/** When the worker was done with its last event. */
	private long doneAt;

	/** Odd while a call runs; grows by one with each begin and each end of a call. */
	private volatile long state;

	// Written before the state, and read between a read and a change of the state.

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
		if (this.thread.getContextClassLoader() != this.loader) {
			try {
				this.thread.setContextClassLoader(this.loader);
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
			// The report was not the handler's time.
			idled();
		}
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

	void begin(Envelope<?> event, DispatchFrame frame, long now) {
		this.event = event;
		this.frame = frame;
		this.start = now;
		STATE.setRelease(this, this.state + 1);
	}

	/** Ends a call, or returns {@code false} if it timed out. */
	boolean end() {
		long running = this.state;
		if (isRunning(running) && STATE.compareAndSet(this, running, running + 1)) {
			// Do not keep the payload.
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

	/** Returns whether the thread has lost the run, because a call timed out. */
	boolean isGivenUp() {
		return this.state < 0;
	}

	/** Notes that the thread of a lost run is back. */
	void leave() {
		this.left = true;
	}

	boolean hasLeft() {
		return this.left;
	}

	/** Gives up the running call if it has taken longer than the timeout. */
	@Nullable Overdue giveUp(long now, long timeout) {
		long running = this.state;
		if (!isRunning(running)) {
			return null;
		}
		// If another call runs by now, the state is another one and is not changed.
		Envelope<?> call = this.event;
		DispatchFrame in = this.frame;
		long nanos = now - this.start;
		if (call == null || in == null || nanos < timeout) {
			return null;
		}
		// All steps that may fail come before the state changes.
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
			// Not permitted, or of the channel that it blocks on. The lane moves on.
			return overdue;
		}
		finally {
			this.state = INTERRUPTED;
		}
		return overdue;
	}

	/** A call that timed out, how long it had taken and the error that it fails with. */
	record Overdue(Envelope<?> event, DispatchFrame frame, long nanos, StackTraceElement[] trace,
			TimeoutException error) {
	}

}
