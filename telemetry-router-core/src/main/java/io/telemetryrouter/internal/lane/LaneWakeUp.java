package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * Wakes a worker: hands it to a thread when the lane has events and no thread has it.
 * <p>
 * The states are idle, scheduled and running. The thread that changes idle to scheduled
 * hands the worker to the executor. The thread that changes scheduled to running owns the
 * worker, so a task that the executor runs late or twice is harmless, and a lost task can
 * be replaced. The running thread changes the state back to idle. A thread that gives up
 * an overdue call takes the worker from its thread.
 */
final class LaneWakeUp implements Runnable {

	private static final VarHandle STATE = VarHandles.field(MethodHandles.lookup(), LaneWakeUp.class, "state",
			int.class);

	private static final int IDLE = 0;

	private static final int SCHEDULED = 1;

	private static final int RUNNING = 2;

	/** The time after which a task that was submitted seems to be lost. */
	private static final long MAX_DELAY = TimeUnit.SECONDS.toNanos(1);

	private final LaneWorker worker;

	private volatile int state = IDLE;

	/** The number of consecutive watchdog checks that found the worker not running. */
	private volatile int missedChecks;

	/** The time of the first of these checks. Used by the watchdog's thread. */
	private long missedSince;

	LaneWakeUp(LaneWorker worker) {
		this.worker = worker;
	}

	/** Hands the worker to the executor and returns {@code true}, if it is idle. */
	boolean wake() {
		if (this.state != IDLE || this.worker.lane.isPaused()) {
			return false;
		}
		Headroom.require();
		if (!STATE.compareAndSet(this, IDLE, SCHEDULED)) {
			return false;
		}
		this.missedChecks = 0;
		DispatchStack stack = DispatchStacks.acquire();
		boolean nested = stack.scheduling;
		stack.scheduling = true;
		try {
			this.worker.services.executor().execute(this);
		}
		catch (Throwable ex) {
			rejected(ex);
		}
		finally {
			stack.scheduling = nested;
			stack.giveBack();
		}
		return true;
	}

	private void rejected(Throwable ex) {
		// The event stays queued. The next event, a flush, the close or the watchdog
		// tries again. No effect if the executor ran the task nevertheless.
		STATE.compareAndSet(this, SCHEDULED, IDLE);
		if (this.worker.services.executor().isShutdown()) {
			// The router is closed; a handler that was removed before still had events.
			this.worker.lane.close(DropReason.CLOSED);
		}
		else {
			this.worker.services.reporter().laneRejected(this.worker.target.handlerId(), ex);
		}
	}

	/**
	 * Runs a worker that is not running although the lane has events, because the
	 * executor refused its task or seems to have lost it. Called by the watchdog.
	 */
	void reschedule() {
		if (this.worker.lane.isEmpty() && this.worker.hand.event == null) {
			return;
		}
		int seen = (this.state != RUNNING) ? this.missedChecks + 1 : 0;
		this.missedChecks = seen;
		if (seen == 1) {
			this.missedSince = System.nanoTime();
		}
		else if (seen != 0 && STATE.compareAndSet(this, IDLE, SCHEDULED)) {
			submitOwn();
		}
		else if (seen != 0 && System.nanoTime() - this.missedSince > MAX_DELAY) {
			this.worker.services.reporter().laneNotRun(this.worker.target.handlerId());
			submitOwn();
		}
	}

	/**
	 * Hands the worker to a thread of the router, on behalf of the watchdog, which the
	 * user's executor could delay. If that fails, the next check tries again.
	 */
	private void submitOwn() {
		try {
			this.worker.services.executor().executeOwn(this);
		}
		catch (Throwable ex) {
			// No memory for a thread, for example, or the router is closed.
			STATE.compareAndSet(this, SCHEDULED, IDLE);
		}
	}

	@Override
	public void run() {
		DispatchStack current = DispatchStacks.current();
		if (current != null && current.scheduling) {
			// The executor runs tasks on the submitting thread, here an emitter's.
			this.worker.services.executor().executeOwn(this);
			return;
		}
		if (!STATE.compareAndSet(this, SCHEDULED, RUNNING)) {
			return;
		}
		boolean idle = false;
		while (!idle) {
			try {
				if (!this.worker.work()) {
					return;
				}
			}
			catch (Throwable ex) {
				// No stack is left for a call. The next run counts the event in hand.
				this.worker.hand.position = EventQueue.Position.NONE;
				this.state = IDLE;
				return;
			}
			idle = goIdle();
		}
	}

	/**
	 * Declares the worker idle and then checks again for events: either an emitter sees
	 * the idle worker, or the worker sees the event. Returns {@code false} if this thread
	 * owns the worker again.
	 */
	private boolean goIdle() {
		this.worker.hand.position = EventQueue.Position.NONE;
		this.state = IDLE;
		this.worker.lane.signal();
		if (this.worker.broken || this.worker.lane.isEmpty() || this.worker.lane.isPaused()) {
			// A broken worker waits for an emitter, a flush or the watchdog: an endless
			// retry would occupy a processor.
			return true;
		}
		if (this.worker.services.executor().isExternal()) {
			// Let other tasks of the user's executor run first.
			wake();
			return true;
		}
		if (this.worker.lane.oldest() == null) {
			// The emitter may be preempted between its claim and the publication.
			Thread.yield();
		}
		return !STATE.compareAndSet(this, IDLE, RUNNING);
	}

	/** Moves the worker, which the calling thread owns, to a thread of the router. */
	void moveToOwnThread() {
		this.missedChecks = 0;
		this.state = SCHEDULED;
		submitOwn();
	}

}
