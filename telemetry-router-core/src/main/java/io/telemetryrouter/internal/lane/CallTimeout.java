package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.support.Ticker;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * Ends a call that takes too long, for the thread that runs the calls of a worker.
 * <p>
 * The thread whose compare-and-set ends the state of a running call decides the outcome
 * of the call. It is the call's own thread, or the watchdog or closing thread, for which
 * the call has timed out. After a timeout the call's thread does no more for the lane: it
 * waits until its interrupt is delivered, so that the interrupt hits no later work, and
 * returns.
 */
final class CallTimeout {

	private static final VarHandle STATE = VarHandles.field(MethodHandles.lookup(), CallTimeout.class, "state",
			long.class);

	/** Timed out; the interrupt is not delivered yet. */
	private static final long GIVEN_UP = -2;

	/** Timed out; the interrupt is delivered, and the thread may return. */
	private static final long INTERRUPTED = -1;

	final Thread thread = Thread.currentThread();

	/**
	 * Odd while a call runs; grows by one at each begin and end. Negative if timed out.
	 */
	private volatile long state;

	// Written before the state; read between a read and a change of the state.

	private long start;

	private @Nullable Envelope<?> event;

	private @Nullable DispatchFrame frame;

	private volatile boolean left;

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
	@Nullable Overdue giveUp(Ticker ticker, long timeout) {
		long running = this.state;
		if (!isRunning(running)) {
			return null;
		}
		// If another call runs by now, the compare-and-set of the state fails.
		Envelope<?> call = this.event;
		DispatchFrame in = this.frame;
		long now = ticker.now();
		// A clock that has jumped back must not keep a call alive beyond the close.
		long nanos = Math.max(0, now - this.start);
		if (call == null || in == null || nanos < timeout) {
			return null;
		}
		// All steps that can throw precede the change of the state.
		Overdue overdue = new Overdue(call, in, now - nanos, nanos, this.thread.getStackTrace(),
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

	/** A call that timed out, with its begin, duration, stack trace and error. */
	record Overdue(Envelope<?> event, DispatchFrame frame, long since, long nanos, StackTraceElement[] trace,
			TimeoutException error) {
	}

}
