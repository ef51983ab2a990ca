package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
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
 * Has a lane's events handled, on a thread only while there are any.
 * <p>
 * States: idle, scheduled, running. Whichever thread turns idle into scheduled hands the
 * worker to the executor. Whichever thread turns scheduled into running is the worker's,
 * so a task that an executor runs late or twice is harmless, and one that it lost can be
 * replaced. The thread that runs turns the state back to idle; only the watchdog may take
 * a worker from its thread, when it gives a call up.
 * <p>
 * The position {@linkplain #hand in its hand} is that of the event it has taken, from
 * before that counts as taken until it is done. Any thread reads it.
 */
final class LaneWorker implements Runnable {

	private static final VarHandle STATE = VarHandles.field(MethodHandles.lookup(), LaneWorker.class, "state",
			int.class);

	private static final int IDLE = 0;

	private static final int SCHEDULED = 1;

	private static final int RUNNING = 2;

	private final Lane lane;

	private final LaneTarget target;

	private final LaneServices services;

	private final String threadName;

	final InHand hand = new InHand();

	private volatile int state = IDLE;

	/** How many looks of the watchdog have found it not running since it was woken. */
	private volatile int looks;

	/**
	 * Whether no event could be taken, as without memory or after the class loader was
	 * closed. Used by the running thread.
	 */
	private boolean broken;

	/** The latest stay on a thread. */
	private volatile @Nullable LaneRun run;

	LaneWorker(Lane lane, LaneTarget target, LaneServices services) {
		this.lane = lane;
		this.target = target;
		this.services = services;
		this.threadName = LaneExecutor.threadName(target.handlerId());
	}

	/**
	 * Returns whether the event in hand may be one of some events, all if none are given.
	 * It may if another thread cannot see it: a worker takes a position before its event.
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
		this.looks = 0;
		submit(false);
		return true;
	}

	/**
	 * Schedules the worker for the watchdog, which the user's executor must not hold up.
	 */
	private void submitAside() {
		LaneExecutor executor = this.services.executor();
		if (!executor.isExternal()) {
			submit(true);
			return;
		}
		try {
			executor.executeOwn(() -> submit(true));
		}
		catch (Throwable ex) {
			rejected(ex);
		}
	}

	/**
	 * Hands the worker to the executor; falls back on the router's own threads if it
	 * {@code insists}.
	 */
	private void submit(boolean insists) {
		DispatchStack stack = DispatchStacks.acquire();
		boolean nested = stack.scheduling;
		stack.scheduling = true;
		try {
			this.services.executor().execute(this);
		}
		catch (Throwable ex) {
			if (!insists || !submitOwn()) {
				rejected(ex);
			}
		}
		finally {
			stack.scheduling = nested;
			stack.giveBack();
		}
	}

	private void rejected(Throwable ex) {
		// The event stays queued; the next one, a flush, the close and the watchdog try
		// again. Unless the executor has taken the task all the same.
		STATE.compareAndSet(this, SCHEDULED, IDLE);
		if (this.services.executor().isShutdown()) {
			// The last event of a handler that had left before the close.
			this.lane.close(DropReason.CLOSED);
		}
		else {
			this.services.reporter().laneRejected(this.target.handlerId(), ex);
		}
	}

	/**
	 * Schedules a worker that is not running although there are events, because the
	 * executor has refused it or seems to have lost its task: at the second check in a
	 * row once more there, then on a thread of the router. For the watchdog.
	 */
	void reschedule() {
		if (this.lane.isEmpty() && this.hand.event == null) {
			return;
		}
		int seen = (this.state != RUNNING) ? this.looks + 1 : 0;
		this.looks = seen;
		if (seen < 2) {
			return;
		}
		if (STATE.compareAndSet(this, IDLE, SCHEDULED) || seen == 2) {
			submitAside();
		}
		else {
			this.services.reporter().laneNotRun(this.target.handlerId());
			submitOwn();
		}
	}

	/**
	 * Hands the worker to a thread of the router's own.
	 * @return whether there was one
	 */
	private boolean submitOwn() {
		try {
			this.services.executor().executeOwn(this);
			return true;
		}
		catch (Throwable ex) {
			// Such as no memory for a thread, or the router is closed.
			return false;
		}
	}

	@Override
	public void run() {
		DispatchStack current = DispatchStacks.current();
		if (current != null && current.scheduling) {
			// The executor runs tasks on the thread that submits them, here an emitter's.
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
				// No stack is left to count the event, or for a call: the next run counts
				// it.
				this.hand.position = EventQueue.Position.NONE;
				this.state = IDLE;
				return;
			}
			idle = rest();
		}
	}

	/** Handles events until there are none. Returns {@code false} if a call timed out. */
	private boolean work() {
		// A thread without stack must find out before it takes anything.
		Headroom.require();
		DispatchStack stack = DispatchStacks.acquire();
		boolean nested = stack.onLane;
		LaneRun current = null;
		Throwable broken = null;
		try {
			stack.onLane = true;
			current = new LaneRun(this.hand, this.lane, this.target, this.services, stack);
			this.run = current;
			LaneExecutor.named(this.threadName);
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
		// The run refers to the thread, which may be a virtual one.
		this.run = null;
		this.broken = broken != null;
		if (broken != null) {
			this.services.reporter()
				.callbackFailed("Worker of handler '" + Names.printable(this.target.handlerId()) + "'", broken);
		}
		return true;
	}

	/**
	 * Counts the event in hand when the router's own code has thrown, for want of memory
	 * or stack. So an event is counted exactly once on every way out.
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
	 * Declares the worker idle, and then checks once more for events: either the emitter
	 * of one sees that the worker is idle, or the worker sees the event. Returns
	 * {@code false} if the worker belongs to this thread again.
	 */
	private boolean rest() {
		this.hand.position = EventQueue.Position.NONE;
		this.state = IDLE;
		this.lane.signal();
		if (this.broken || this.lane.isEmpty() || this.lane.isPaused()) {
			// If broken, an emitter, a flush or the watchdog tries again: trying at once
			// and without end would occupy a processor.
			return true;
		}
		if (this.services.executor().isExternal()) {
			// Makes way for other tasks of the user's executor.
			wake();
			return true;
		}
		if (this.lane.oldest() == null) {
			// Its emitter may have lost the processor just before it published the event.
			Thread.yield();
		}
		return !STATE.compareAndSet(this, IDLE, RUNNING);
	}

	/** Gives up a call that takes too long, and moves on to another thread. */
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
			// Before the failure is judged: there is no probe while this call hangs.
			show(overdue, current, now);
			this.target.abandoned(event, overdue.error(), overdue.nanos(), current.stack);
			this.hand.event = null;
			this.lane.drops.done(event);
		}
		finally {
			// If anything was thrown, such as by a clock, the next run counts the event.
			this.hand.position = EventQueue.Position.NONE;
			this.looks = 0;
			this.state = SCHEDULED;
			submitAside();
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
	 * The event that a worker has in hand, and its position. Apart from the worker's
	 * state: the running thread writes this for each event, and emitters read the state
	 * for each.
	 */
	static final class InHand extends EventQueue.Position {

		/** The event that was taken and is not counted yet. */
		@Nullable Envelope<?> event;

	}

}
