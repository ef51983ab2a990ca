package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * The ownership of the calls that a lane's worker makes during one stay on a thread. The
 * thread that changes the state from that of a running call decides how the call ended:
 * the call's own thread, or the watchdog (or the close), for which the call has timed
 * out. In the second case the run is over for the call's thread too. It waits until its
 * interrupt has arrived, so that the interrupt hits no later work, and leaves without
 * touching the lane.
 */
final class TimedRun {

	private static final VarHandle STATE = VarHandles.field(MethodHandles.lookup(), TimedRun.class, "state",
			long.class);

	/** Timed out, and the interrupt has not arrived yet. */
	private static final long GIVEN_UP = -2;

	/** Timed out, and the thread may leave. */
	private static final long INTERRUPTED = -1;

	final Thread thread = Thread.currentThread();

	final DispatchStack stack;

	/** Odd while a call runs; grows by one with each begin and each end of a call. */
	private volatile long state;

	// Written before the state, and read between a read and a change of the state.

	private long start;

	private @Nullable Envelope<?> event;

	private @Nullable DispatchFrame frame;

	private volatile boolean left;

	TimedRun(DispatchStack stack) {
		this.stack = stack;
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
