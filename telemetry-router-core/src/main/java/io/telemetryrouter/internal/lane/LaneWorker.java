package io.telemetryrouter.internal.lane;

import java.util.List;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.health.StuckCalls;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;

/**
 * Handles the events of a lane, on a thread only while there are events: see
 * {@link LaneWakeUp}. One thread at a time owns the worker.
 * <p>
 * The position {@linkplain #hand in hand} is that of the taken event: set before the
 * event counts as taken, and kept until it is done. Any thread reads it.
 */
final class LaneWorker {

	final Lane lane;

	final LaneTarget target;

	final LaneServices services;

	final LaneWakeUp wakeUp;

	final InHand hand = new InHand();

	/**
	 * {@code null} before the first run, since most handlers of a large router are idle.
	 * Used by the running thread.
	 */
	private @Nullable String threadName;

	/**
	 * Whether the last run could not take an event, for example without memory or with a
	 * closed class loader. Used by the running thread.
	 */
	boolean broken;

	/** The timeout of the current run, or of the latest one if a call timed out. */
	private volatile @Nullable CallTimeout timeout;

	LaneWorker(Lane lane, LaneTarget target, LaneServices services) {
		this.lane = lane;
		this.target = target;
		this.services = services;
		this.wakeUp = new LaneWakeUp(this);
	}

	/**
	 * Returns whether the event in hand may match; {@code true} without a predicate, and
	 * for an event that this thread cannot see yet: a worker sets the position first.
	 */
	boolean mayHave(@Nullable Predicate<Envelope<?>> events) {
		Envelope<?> event = this.hand.event;
		return events == null || event == null || events.test(event);
	}

	/** Handles events until there are none. Returns {@code false} if a call timed out. */
	boolean work() {
		// A thread without stack fails here, before it takes an event.
		Headroom.require();
		DispatchStack stack = DispatchStacks.acquire();
		boolean nested = stack.onLane;
		CallTimeout current = null;
		Throwable broken = null;
		try {
			stack.onLane = true;
			current = new CallTimeout();
			LaneRun run = new LaneRun(this, stack, current);
			this.timeout = current;
			LaneExecutor.named(threadName());
			if (this.hand.event != null) {
				fail(new IllegalStateException("The router ran out of stack or memory"), stack);
			}
			run.run();
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
		this.timeout = null;
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
			counted(event);
		}
	}

	/** Clears the event in hand. Called right after the event is counted. */
	void counted(Envelope<?> event) {
		this.hand.event = null;
		this.lane.drops.done(event);
	}

	/** Gives up a call that takes too long and moves the worker to another thread. */
	void giveUpOverdue(long nanos) {
		CallTimeout current = this.timeout;
		CallTimeout.Overdue overdue = (current != null) ? current.giveUp(this.services.ticker(), nanos) : null;
		if (current == null || overdue == null) {
			return;
		}
		// The worker belongs to this thread now.
		Envelope<?> event = overdue.event();
		try {
			// Before the breaker sees the failure: no probe starts while the call hangs.
			show(overdue, current);
			this.target.abandoned(event, overdue.error(), overdue.nanos(), overdue.frame().stack);
			counted(event);
		}
		finally {
			// If a step threw, for example a clock, the next run counts the event.
			this.hand.position = EventQueue.Position.NONE;
			this.wakeUp.moveToOwnThread();
		}
	}

	private void show(CallTimeout.Overdue overdue, CallTimeout current) {
		StuckCall call = new StuckCall(Names.printable(current.thread.getName()),
				Names.printable(overdue.event().name()), this.services.clock().instant().minusNanos(overdue.nanos()),
				List.of(overdue.trace()), true);
		this.target.stuckCalls()
			.add(new StuckCalls.Entry(Reporter.named(this.target.handlerId()), call, overdue.frame(), overdue.since(),
					current::hasLeft));
	}

	/**
	 * The event in a worker's hand and its position. The running thread writes it for
	 * each event, so it is apart from what emitters read for each event.
	 */
	static final class InHand extends EventQueue.Position {

		/** The event that is taken and not counted yet. */
		@Nullable Envelope<?> event;

	}

}
