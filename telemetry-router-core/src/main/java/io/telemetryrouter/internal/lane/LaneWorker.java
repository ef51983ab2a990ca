package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.DropReason;
import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.dispatch.DispatchCount;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.health.StuckCalls;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.Notes;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;

/**
 * Handles a lane's events, on a thread only while there are any.
 * <p>
 * States: idle, or scheduled, which includes running. Who turns idle into scheduled hands
 * the worker to the executor; only the worker's own run turns it back. Its
 * {@linkplain #place() position} is the event it has in hand, from before that counts as
 * taken until it is done.
 */
final class LaneWorker implements Runnable {

	private static final VarHandle STATE;

	private static final VarHandle HANDLED;

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			STATE = lookup.findVarHandle(LaneWorker.class, "state", int.class);
			HANDLED = lookup.findVarHandle(Place.class, "handled", long.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** The column of notes that says how long events were queued. */
	private static final int WAIT = 0;

	/** The column of notes that says how long calls took. */
	private static final int RUN = 1;

	private static final int IDLE = 0;

	private static final int SCHEDULED = 1;

	/** So many events without a pause are a stream. */
	private static final int STREAM = 32;

	/** So many are worth going on for at once. */
	private static final int BATCH = 256;

	/** With so many left a worker is about to run into the emitters. */
	private static final int DISTANCE = 128;

	private static final int LOOKS = 4;

	private static final int SPINS = 256;

	private final Lane lane;

	private final Handler handler;

	private final RouterCore core;

	/** Its place among the lane's: each records apart, and on whichever thread. */
	private final int number;

	private final Place place = new Place();

	private volatile int state = IDLE;

	/** What it measures, once it has handled many events. */
	private volatile @Nullable Notes notes;

	/** Events before there are notes, where calls are measured. */
	private int seen;

	/** The latest stay on a thread; null where calls have no timeout. */
	private volatile @Nullable TimedRun run;

	LaneWorker(Lane lane, Handler handler, RouterCore core, int number) {
		this.lane = lane;
		this.handler = handler;
		this.core = core;
		this.number = number;
	}

	/**
	 * Returns where it is.
	 * @return the place, to be read by any thread
	 */
	Place place() {
		return this.place;
	}

	/**
	 * Hands the worker to the executor if it is idle.
	 * @param frame the calling thread's
	 * @return whether it was idle
	 */
	boolean wake(DispatchStack frame) {
		if (this.state != IDLE || this.lane.isPaused()) {
			return false;
		}
		Headroom.require();
		if (!STATE.compareAndSet(this, IDLE, SCHEDULED)) {
			return false;
		}
		schedule(frame);
		return true;
	}

	private void schedule(DispatchStack frame) {
		boolean nested = frame.scheduling;
		frame.scheduling = true;
		try {
			this.core.executor().execute(this);
		}
		catch (Throwable ex) {
			// The event stays queued; the next one, a flush or the close tries again.
			this.state = IDLE;
			if (this.core.executor().isShutdown()) {
				// The last event of a handler that had left before the close, which
				// therefore did not end its lane.
				this.lane.close(DropReason.CLOSED);
			}
			else {
				this.core.reporter().laneRejected(this.handler, ex);
			}
		}
		finally {
			frame.scheduling = nested;
		}
	}

	@Override
	public void run() {
		DispatchStack frame = this.core.frames().current();
		if (frame.scheduling) {
			// The executor runs tasks on the thread that submits them, here an emitter's.
			this.core.executor().executeOwn(this);
			return;
		}
		boolean nested = frame.onLane;
		frame.onLane = true;
		this.core.executor().named(this.handler.id);
		TimedRun timed = this.core.hasHandlerTimeout() ? new TimedRun(frame) : null;
		if (timed != null) {
			this.run = timed;
		}
		try {
			int budget = this.core.executor().batchSize();
			int handled = 0;
			ClassLoader loader = Thread.currentThread().getContextClassLoader();
			idled(frame);
			for (Envelope<?> event = this.lane.take(this); event != null; event = next(handled, frame)) {
				boolean mine = handle(event, frame, timed);
				restore(loader);
				if (!mine || ++handled == budget) {
					break;
				}
			}
		}
		finally {
			frame.onLane = nested;
			if (timed != null && timed.isGivenUp()) {
				// The worker is at work on another thread.
				timed.leave();
			}
			else {
				this.place.position = EventQueue.Cursor.NONE;
				this.state = IDLE;
				this.lane.rested(this, frame);
			}
		}
	}

	private static void restore(@Nullable ClassLoader loader) {
		Thread thread = Thread.currentThread();
		if (thread.getContextClassLoader() != loader) {
			try {
				thread.setContextClassLoader(loader);
			}
			catch (SecurityException ex) {
				// A thread of the user's executor that permits no change of its own.
				return;
			}
		}
	}

	/**
	 * Takes the next event. Where there is none lets emitters go first once: on one
	 * processor with this thread, which preempts who wakes it, they would else wake it
	 * for each event. In a stream of events waits a moment for some to gather: to wake a
	 * thread costs an emitter as much as many an emit, and so does a worker at its heels,
	 * who takes from its processor what it is about to write. Therefore also waits where
	 * only a few are left.
	 * @param handled how many events have been handled since the lane was idle
	 * @param frame the thread's
	 * @return the event, or {@code null} if there is none
	 */
	private @Nullable Envelope<?> next(int handled, DispatchStack frame) {
		boolean stream = handled >= STREAM && this.core.executor().mayLinger();
		if (!stream || handled % STREAM != 0 || holdsMoreThan(DISTANCE)) {
			Envelope<?> event = this.lane.take(this);
			if (event != null) {
				return event;
			}
		}
		// Done with the last one, for who waits for it.
		this.place.position = EventQueue.Cursor.NONE;
		if (stream) {
			linger();
		}
		else {
			Thread.yield();
		}
		Envelope<?> event = this.lane.take(this);
		if (event != null) {
			idled(frame);
		}
		return event;
	}

	private void linger() {
		for (int i = 0; i < LOOKS && !holdsMoreThan(BATCH); i++) {
			for (int j = 0; j < SPINS; j++) {
				Thread.onSpinWait();
			}
		}
	}

	/** Of a small queue, its share of what a large one holds. */
	private boolean holdsMoreThan(int events) {
		EventQueue queue = this.lane.queue();
		return queue.holdsMoreThan((int) Math.min(events, (long) queue.capacity() * events / (4 * BATCH)));
	}

	/**
	 * Notes that the time until now is not the next event's: its thread was waiting,
	 * dropping or reporting.
	 * @param frame the thread's
	 */
	private void idled(DispatchStack frame) {
		if (this.core.measured()) {
			frame.doneAt = this.core.now();
		}
	}

	/**
	 * Handles or drops an event.
	 * @param event the event
	 * @param frame the thread's
	 * @param timed the stay on the thread, where calls have a timeout
	 * @return {@code false} if the call was given up meanwhile: the worker is not this
	 * thread's any more
	 */
	private boolean handle(Envelope<?> event, DispatchStack frame, @Nullable TimedRun timed) {
		DropReason reason = this.lane.discarding();
		if (reason == null) {
			return process(event, frame, timed);
		}
		CircuitBreaker quarantine = this.handler.quarantine();
		if (reason != DropReason.QUARANTINED || quarantine == null || !quarantine.claim(frame)) {
			this.lane.drop(event, reason);
			idled(frame);
			return true;
		}
		boolean mine = process(event, frame, timed);
		if (mine) {
			// Takes no effect where the call has failed.
			quarantine.handled(frame);
		}
		return mine;
	}

	private boolean process(Envelope<?> event, DispatchStack frame, @Nullable TimedRun timed) {
		// Where one event ends the next begins, or later: one look at the clock for both.
		long start = (event.emittedAt - frame.doneAt > 0) ? event.emittedAt : frame.doneAt;
		Notes row = this.core.measured() ? measureWait(start - event.emittedAt) : null;
		DispatchStack.Level level = frame.enter(event.name(), event.parent());
		level.envelope(event);
		level.running(this.handler.number);
		ContextCarrier.Scope scope = restore(event);
		boolean mine = false;
		try {
			mine = call(event, frame, level, start, row, timed);
		}
		finally {
			close(scope);
			frame.exit(level);
			// An interrupt meant for this event must not hit the next.
			Thread.interrupted();
		}
		if (mine) {
			event.dequeued();
		}
		return mine;
	}

	/**
	 * Records how long an event was queued.
	 * @param nanos how long
	 * @return where to note the event's call, if not to record it
	 */
	private @Nullable Notes measureWait(long nanos) {
		Notes own = this.notes;
		if (own == null && this.seen++ > DispatchCount.STEADY) {
			own = new Notes(new LatencyHistogram[] { this.lane.queueWait(), this.handler.latency }, this.number);
			this.notes = own;
		}
		if (own != null && own.begin()) {
			own.note(WAIT, nanos);
			return own;
		}
		this.lane.queueWait().record(nanos, this.number);
		return null;
	}

	private boolean call(Envelope<?> event, DispatchStack frame, DispatchStack.Level level, long start,
			@Nullable Notes row, @Nullable TimedRun timed) {
		boolean measured = this.core.measured();
		if (timed != null) {
			timed.begin(event, level, this.core.now());
		}
		try {
			this.handler.invoke(event.name(), event.payload(), event);
		}
		catch (Throwable ex) {
			if (timed != null && !timed.end()) {
				return false;
			}
			long nanos = measured ? this.core.now() - start : -1;
			this.handler.fail(event.name(), ex, nanos, frame, event.tracker());
			idled(frame);
			return true;
		}
		if (timed != null && !timed.end()) {
			return false;
		}
		if (measured) {
			long end = this.core.now();
			frame.doneAt = end;
			if (row != null) {
				row.note(RUN, end - start);
			}
			else {
				this.handler.latency.record(end - start, this.number);
			}
			if (end - start > this.handler.slowNanos) {
				this.handler.slow(event.name(), end - start);
			}
		}
		else {
			// Only this thread writes it, and the queue orders one thread after another.
			HANDLED.setRelease(this.place, this.place.handled + 1);
		}
		EmitTracker tracker = event.tracker();
		if (tracker != null) {
			tracker.handled();
		}
		return true;
	}

	/**
	 * Records what was noted, from any thread.
	 */
	void settle() {
		Notes own = this.notes;
		if (own != null) {
			own.record();
		}
	}

	/**
	 * Gives a call up that takes too long, and moves on to another thread.
	 * @param now the time, on the monotonic clock
	 * @param timeout how long a call may take
	 */
	void giveUpOverdue(long now, Duration timeout) {
		TimedRun timed = this.run;
		TimedRun.Overdue overdue = (timed != null) ? timed.giveUp(now, TimeUnit.NANOSECONDS.convert(timeout)) : null;
		if (timed == null || overdue == null) {
			return;
		}
		Envelope<?> event = overdue.event();
		this.handler.giveUp(event, overdue.error(), overdue.nanos(), timed.frame);
		event.dequeued();
		this.place.position = EventQueue.Cursor.NONE;
		schedule(this.core.frames().current());
		Instant since = this.core.settings().clock().instant().minusNanos(overdue.nanos());
		StuckCall call = new StuckCall(Names.printable(timed.thread.getName()), Names.printable(event.name()), since,
				List.of(overdue.stack()), true);
		this.handler.stuckCalls.add(new StuckCalls.Entry(call, overdue.level(), now - overdue.nanos(), timed::hasLeft));
	}

	private ContextCarrier.@Nullable Scope restore(Envelope<?> event) {
		Object context = event.context();
		ContextCarrier carrier = (context != null) ? this.core.settings().contextCarrier() : null;
		if (carrier == null || context == null) {
			return null;
		}
		try {
			return carrier.restore(context);
		}
		catch (Throwable ex) {
			this.core.reporter().callbackFailed("Context carrier", ex);
			return null;
		}
	}

	private void close(ContextCarrier.@Nullable Scope scope) {
		if (scope == null) {
			return;
		}
		try {
			scope.close();
		}
		catch (Throwable ex) {
			this.core.reporter().callbackFailed("Context carrier", ex);
		}
	}

	/**
	 * What a worker writes for every event, apart from the state that emitters read.
	 */
	static final class Place extends EventQueue.Cursor {

		/** How many events were handled, where calls are not measured. */
		volatile long handled;

	}

}
