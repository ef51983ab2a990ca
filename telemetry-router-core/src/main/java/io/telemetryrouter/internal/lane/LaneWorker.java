package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.StuckCalls;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * Handles the events of a lane, on a thread only while there are events.
 * <p>
 * The states are idle, scheduled and running. The thread that changes idle to scheduled
 * hands the worker to the executor. The thread that changes scheduled to running owns the
 * worker, so a task that the executor runs late or twice is harmless, and a lost task can
 * be replaced. The running thread changes the state back to idle. A thread that gives up
 * an overdue call takes the worker from its thread.
 * <p>
 * The position {@linkplain #hand in hand} is that of the taken event: set before the
 * event counts as taken, and kept until it is done. Any thread reads it.
 */
final class LaneWorker implements Runnable {

	private static final VarHandle STATE = VarHandles.field(MethodHandles.lookup(), LaneWorker.class, "state",
			int.class);

	private static final int IDLE = 0;

	private static final int SCHEDULED = 1;

	private static final int RUNNING = 2;

	/** The time after which a task that was submitted seems to be lost. */
	private static final long MAX_DELAY = TimeUnit.SECONDS.toNanos(1);

	private final Lane lane;

	private final LaneTarget target;

	private final LaneServices services;

	/** {@code null} before the first run. Used by the running thread. */
	private @Nullable String threadName;

	final InHand hand = new InHand();

	private volatile int state = IDLE;

	/** The number of consecutive watchdog checks that found the worker not running. */
	private volatile int missedChecks;

	/** The time of the first of these checks. Used by the watchdog's thread. */
	private long missedSince;

	/**
	 * Whether the last run could not take an event, for example without memory or with a
	 * closed class loader. Used by the running thread.
	 */
	private boolean broken;

	/** The current run, or the latest one if a call timed out. */
	private volatile @Nullable LaneRun run;

	LaneWorker(Lane lane, LaneTarget target, LaneServices services) {
		this.lane = lane;
		this.target = target;
		this.services = services;
	}

	/**
	 * Returns whether the event in hand may match; {@code true} without a predicate, and
	 * for an event that this thread cannot see yet: a worker sets the position first.
	 */
	boolean mayHave(@Nullable Predicate<Envelope<?>> events) {
		Envelope<?> event = this.hand.event;
		return events == null || event == null || events.test(event);
	}

	/** Hands the worker to the executor and returns {@code true}, if it is idle. */
	boolean wake() {
		if (this.state != IDLE || this.lane.isPaused()) {
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
			this.services.executor().execute(this);
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
		if (this.services.executor().isShutdown()) {
			// The router is closed; a handler that was removed before still had events.
			this.lane.close(DropReason.CLOSED);
		}
		else {
			this.services.reporter().laneRejected(this.target.handlerId(), ex);
		}
	}

	/**
	 * Runs a worker that is not running although the lane has events, because the
	 * executor refused its task or seems to have lost it. Called by the watchdog.
	 */
	void reschedule() {
		if (this.lane.isEmpty() && this.hand.event == null) {
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
			this.services.reporter().laneNotRun(this.target.handlerId());
			submitOwn();
		}
	}

	/**
	 * Hands the worker to a thread of the router, on behalf of the watchdog, which the
	 * user's executor could delay. If that fails, the next check tries again.
	 */
	private void submitOwn() {
		try {
			this.services.executor().executeOwn(this);
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
			this.services.executor().executeOwn(this);
			return;
		}
		if (!STATE.compareAndSet(this, SCHEDULED, RUNNING)) {
			return;
		}
		boolean idle = false;
		while (!idle) {
			try {
				if (!work()) {
					return;
				}
			}
			catch (Throwable ex) {
				// No stack is left for a call. The next run counts the event in hand.
				this.hand.position = EventQueue.Position.NONE;
				this.state = IDLE;
				return;
			}
			idle = goIdle();
		}
	}

	/** Handles events until there are none. Returns {@code false} if a call timed out. */
	private boolean work() {
		// A thread without stack fails here, before it takes an event.
		Headroom.require();
		DispatchStack stack = DispatchStacks.acquire();
		boolean nested = stack.onLane;
		LaneRun current = null;
		Throwable broken = null;
		try {
			stack.onLane = true;
			current = new LaneRun(this.hand, this.lane, this.target, this.services, stack);
			this.run = current;
			LaneExecutor.named(threadName());
			if (this.hand.event != null) {
				fail(new IllegalStateException("The router ran out of stack or memory"), stack);
			}
			current.run();
		}
		catch (Throwable ex) {
			if (current == null || !current.isGivenUp()) {
				broken = (this.hand.event == null) ? ex : null;
				fail(ex, stack);
			}
		}
		finally {
			stack.onLane = nested;
			stack.giveBack();
		}
		if (current != null && current.isGivenUp()) {
			current.leave();
			return false;
		}
		// Do not retain the thread, which may be virtual.
		this.run = null;
		this.broken = broken != null;
		if (broken != null) {
			this.services.reporter()
				.callbackFailed("Worker of handler '" + Names.printable(this.target.handlerId()) + "'", broken);
		}
		return true;
	}

	private String threadName() {
		String name = (this.threadName != null) ? this.threadName : LaneExecutor.threadName(this.target.handlerId());
		this.threadName = name;
		return name;
	}

	/**
	 * Counts the event in hand as failed if the router's own code threw, for lack of
	 * memory or stack. So every exit counts an event exactly once.
	 */
	private void fail(Throwable error, DispatchStack stack) {
		Envelope<?> event = this.hand.event;
		if (event != null) {
			this.target.failed(event, error, -1, stack);
			this.hand.event = null;
			this.lane.drops.done(event);
		}
	}

	/**
	 * Declares the worker idle and then checks again for events: either an emitter sees
	 * the idle worker, or the worker sees the event. Returns {@code false} if this thread
	 * owns the worker again.
	 */
	private boolean goIdle() {
		this.hand.position = EventQueue.Position.NONE;
		this.state = IDLE;
		this.lane.signal();
		if (this.broken || this.lane.isEmpty() || this.lane.isPaused()) {
			// A broken worker waits for an emitter, a flush or the watchdog: an endless
			// retry would occupy a processor.
			return true;
		}
		if (this.services.executor().isExternal()) {
			// Let other tasks of the user's executor run first.
			wake();
			return true;
		}
		if (this.lane.oldest() == null) {
			// The emitter may be preempted between its claim and the publication.
			Thread.yield();
		}
		return !STATE.compareAndSet(this, IDLE, RUNNING);
	}

	/** Gives up a call that takes too long and moves the worker to another thread. */
	void giveUpOverdue(long timeout) {
		LaneRun current = this.run;
		if (current == null || !current.isRunning()) {
			return;
		}
		long now = this.services.ticker().now();
		LaneRun.Overdue overdue = current.giveUp(now, timeout);
		if (overdue == null) {
			return;
		}
		// The worker belongs to this thread now.
		Envelope<?> event = overdue.event();
		try {
			// Before the breaker sees the failure: no probe starts while the call hangs.
			show(overdue, current, now);
			this.target.abandoned(event, overdue.error(), overdue.nanos(), current.stack);
			this.hand.event = null;
			this.lane.drops.done(event);
		}
		finally {
			// If a step threw, for example a clock, the next run counts the event.
			this.hand.position = EventQueue.Position.NONE;
			this.missedChecks = 0;
			this.state = SCHEDULED;
			submitOwn();
		}
	}

	private void show(LaneRun.Overdue overdue, LaneRun current, long now) {
		StuckCall call = new StuckCall(Names.printable(current.thread.getName()),
				Names.printable(overdue.event().name()), this.services.clock().instant().minusNanos(overdue.nanos()),
				List.of(overdue.trace()), true);
		this.target.stuckCalls()
			.add(new StuckCalls.Entry(Reporter.named(this.target.handlerId()), call, overdue.frame(),
					now - overdue.nanos(), current::hasLeft));
	}

	/**
	 * The event in a worker's hand and its position. Separate from the worker's state to
	 * avoid false sharing: the running thread writes this object for each event, and
	 * emitters read the state for each event.
	 */
	static final class InHand extends EventQueue.Position {

		/** The event that is taken and not counted yet. */
		@Nullable Envelope<?> event;

	}

}
