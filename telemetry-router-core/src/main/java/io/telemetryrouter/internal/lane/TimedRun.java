package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.Envelope;

/**
 * One stay of a lane's worker on a thread, where calls have a timeout. Who changes the
 * state from that of a running call decides how the call ended: its thread, or the
 * watchdog that gives it up. In the second case the run is over for the thread too, which
 * waits until its interrupt has arrived, so that it can hit nothing else, and leaves
 * without touching the lane.
 */
final class TimedRun {

	private static final VarHandle STATE;

	static {
		try {
			STATE = MethodHandles.lookup().findVarHandle(TimedRun.class, "state", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** Given up, and the interrupt is on its way. */
	private static final long GIVEN_UP = -2;

	/** Given up, and the thread may leave. */
	private static final long INTERRUPTED = -1;

	final Thread thread = Thread.currentThread();

	final DispatchStack stack;

	/** Odd while a call runs, and one more with each beginning and each end. */
	private volatile long state;

	/** Written before the state, and read between a look at it and its change. */
	private volatile long start;

	private volatile @Nullable Envelope<?> event;

	private volatile @Nullable DispatchFrame frame;

	private volatile boolean left;

	TimedRun(DispatchStack stack) {
		this.stack = stack;
	}

	/**
	 * Begins a call.
	 * @param event the event
	 * @param frame the frame of the call
	 * @param now the time, on the monotonic clock
	 */
	void begin(Envelope<?> event, DispatchFrame frame, long now) {
		this.event = event;
		this.frame = frame;
		this.start = now;
		long idle = this.state;
		this.state = idle + 1;
	}

	/**
	 * Ends a call.
	 * @return {@code false} if it was given up: then its outcome is somebody else's
	 */
	boolean end() {
		long running = this.state;
		if (running > 0 && STATE.compareAndSet(this, running, running + 1)) {
			this.event = null;
			return true;
		}
		while (this.state != INTERRUPTED) {
			Thread.yield();
		}
		return false;
	}

	/**
	 * Returns whether the thread has lost the run.
	 * @return {@code true} after a call was given up
	 */
	boolean isGivenUp() {
		return this.state < 0;
	}

	/**
	 * Notes that the thread of a run that was given up is back.
	 */
	void leave() {
		this.left = true;
	}

	boolean hasLeft() {
		return this.left;
	}

	/**
	 * Gives the call up that is running, if it has taken too long.
	 * @param now the time, on the monotonic clock
	 * @param timeout how long it may take
	 * @return the call, or {@code null} if there is none
	 */
	@Nullable Overdue giveUp(long now, long timeout) {
		long running = this.state;
		Envelope<?> call = this.event;
		DispatchFrame in = this.frame;
		long nanos = now - this.start;
		if ((running & 1) == 0 || running < 0 || call == null || in == null || nanos < timeout) {
			return null;
		}
		// All that may fail comes first.
		Overdue overdue = new Overdue(call, in, nanos, this.thread.getStackTrace(),
				new TimeoutException("The call did not return in time and was given up"));
		overdue.error.setStackTrace(overdue.trace);
		if (!STATE.compareAndSet(this, running, GIVEN_UP)) {
			return null;
		}
		in.running(0);
		interrupt();
		this.state = INTERRUPTED;
		return overdue;
	}

	private void interrupt() {
		try {
			this.thread.interrupt();
		}
		catch (RuntimeException ex) {
			// Not allowed to; the lane moves on all the same.
			return;
		}
	}

	/**
	 * A call that was given up.
	 *
	 * @param event its event
	 * @param frame the frame of the call
	 * @param nanos how long it had taken
	 * @param trace where it was
	 * @param error how it counts as failed
	 */
	record Overdue(Envelope<?> event, DispatchFrame frame, long nanos, StackTraceElement[] trace,
			TimeoutException error) {
	}

}
