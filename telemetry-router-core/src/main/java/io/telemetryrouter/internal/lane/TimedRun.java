package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.Envelope;

/**
 * The ownership of the calls that a lane's worker makes during one stay on a thread.
 * Whichever thread changes the state from that of a running call decides how the call
 * ended: its own, or the watchdog (or the close) that gives it up. In the second case the
 * run is over for the thread too, which waits until its interrupt has arrived, so that it
 * can hit nothing else, and leaves without touching the lane.
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

	// Written before the state, and read between a look at it and its change.

	private long start;

	private @Nullable Envelope<?> event;

	private @Nullable DispatchFrame frame;

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
		STATE.setRelease(this, this.state + 1);
	}

	/**
	 * Ends a call.
	 * @return {@code false} if it was given up: then its outcome is somebody else's
	 */
	boolean end() {
		long running = this.state;
		if (isRunning(running) && STATE.compareAndSet(this, running, running + 1)) {
			// Payloads are not kept.
			this.event = null;
			return true;
		}
		while (this.state != INTERRUPTED) {
			Thread.yield();
		}
		return false;
	}

	/**
	 * Returns whether a call runs, from any thread.
	 * @return whether there is one
	 */
	boolean isRunning() {
		return isRunning(this.state);
	}

	private static boolean isRunning(long state) {
		return state > 0 && (state & 1) != 0;
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
		if (!isRunning(running)) {
			return null;
		}
		// If the call is another one by now, the state is, too, and does not change.
		Envelope<?> call = this.event;
		DispatchFrame in = this.frame;
		long nanos = now - this.start;
		if (call == null || in == null || nanos < timeout) {
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
		this.event = null;
		try {
			this.thread.interrupt();
		}
		catch (Throwable ex) {
			// Not allowed to, or of the channel that it blocks on. The lane moves on.
			return overdue;
		}
		finally {
			this.state = INTERRUPTED;
		}
		return overdue;
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
