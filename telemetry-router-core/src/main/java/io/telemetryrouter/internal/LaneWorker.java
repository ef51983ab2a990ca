package io.telemetryrouter.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.DropReason;

/**
 * Handles a lane's events, on a thread only while there are any.
 * <p>
 * States: idle, or scheduled, which includes running. Who turns idle into scheduled hands
 * the worker to the executor; only the worker's own run turns it back. Its
 * {@linkplain EventQueue.Cursor#position position} is the event it has in hand, from
 * before that counts as taken until it is done.
 */
final class LaneWorker extends EventQueue.Cursor implements Runnable {

	private static final VarHandle STATE;

	static {
		try {
			STATE = MethodHandles.lookup().findVarHandle(LaneWorker.class, "state", int.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	private static final int IDLE = 0;

	private static final int SCHEDULED = 1;

	/** So many events without a pause are a stream. */
	private static final int STREAM = 32;

	private static final int LINGERS = 32;

	private static final int SPINS = 32;

	private final Lane lane;

	private final Registration handler;

	private final RouterCore core;

	private volatile int state = IDLE;

	LaneWorker(Lane lane, Registration handler, RouterCore core) {
		this.lane = lane;
		this.handler = handler;
		this.core = core;
	}

	/**
	 * Hands the worker to the executor if it is idle.
	 * @param frame the calling thread's
	 * @return whether it was idle
	 */
	boolean wake(EmitFrame frame) {
		if (this.state != IDLE || !STATE.compareAndSet(this, IDLE, SCHEDULED)) {
			return false;
		}
		boolean nested = frame.scheduling;
		frame.scheduling = true;
		try {
			this.core.executor().execute(this);
		}
		catch (Throwable ex) {
			// The event stays queued; the next one, a flush or the close tries again.
			this.state = IDLE;
			this.core.reporter().laneRejected(this.handler, ex);
		}
		finally {
			frame.scheduling = nested;
		}
		return true;
	}

	@Override
	public void run() {
		EmitFrame frame = this.core.frames().current();
		if (frame.scheduling) {
			// The executor runs tasks on the thread that submits them, here an emitter's.
			this.core.executor().executeOwn(this);
			return;
		}
		boolean nested = frame.onLane;
		frame.onLane = true;
		this.core.executor().named(this.handler.id);
		try {
			int budget = this.core.executor().batchSize();
			int handled = 0;
			// Where one event ends the next begins: one look at the clock for both.
			long now = this.core.measured() ? this.core.now() : 0;
			for (Envelope<?> event = this.lane.take(this); event != null; event = next(handled)) {
				now = handle(event, frame, now);
				if (++handled == budget) {
					break;
				}
			}
		}
		finally {
			frame.onLane = nested;
			this.position = NONE;
			this.state = IDLE;
			this.lane.rested(this, frame);
		}
	}

	/**
	 * Takes the next event. In a stream of events waits a moment for it: to wake a thread
	 * costs an emitter as much as many an emit.
	 * @param handled how many events have been handled since the lane was idle
	 * @return the event, or {@code null} if there is none
	 */
	private @Nullable Envelope<?> next(int handled) {
		Envelope<?> event = this.lane.take(this);
		if (event != null || handled < STREAM || !this.core.executor().mayLinger()) {
			return event;
		}
		// Done with the last one, for who waits for it.
		this.position = NONE;
		for (int i = 0; i < LINGERS && this.lane.queue().peek() == null; i++) {
			// Not looking all the time leaves the queue's memory to the emitter.
			for (int j = 0; j < SPINS; j++) {
				Thread.onSpinWait();
			}
		}
		return this.lane.take(this);
	}

	/**
	 * Handles an event.
	 * @param event the event
	 * @param frame the thread's
	 * @param now the time, if calls are measured
	 * @return the time when it was done
	 */
	private long handle(Envelope<?> event, EmitFrame frame, long now) {
		DropReason reason = this.lane.discarding();
		if (reason != null) {
			this.lane.drop(event, reason);
			return now;
		}
		// It may have come after the last was done.
		long start = (event.emittedAt - now > 0) ? event.emittedAt : now;
		if (this.core.measured()) {
			this.lane.queueWait().record(start - event.emittedAt, frame);
		}
		EmitFrame.Level level = frame.enter(event.name(), event.parent);
		level.envelope(event);
		level.running(this.handler.number);
		ContextCarrier.Scope scope = restore(event);
		long end;
		try {
			end = call(event, frame, start);
		}
		finally {
			close(scope);
			frame.exit(level);
			// An interrupt meant for this event must not hit the next.
			Thread.interrupted();
		}
		if (event.tracker != null) {
			event.tracker.dequeued();
		}
		return end;
	}

	private long call(Envelope<?> event, EmitFrame frame, long start) {
		boolean measured = this.core.measured();
		try {
			this.handler.invoke(event.name(), event.payload(), event);
		}
		catch (Throwable ex) {
			this.handler.fail(event.name(), ex, measured ? this.core.now() - start : -1, frame, event.tracker);
			// Reporting it took time that is not the next event's.
			return measured ? this.core.now() : 0;
		}
		long end = start;
		if (measured) {
			end = this.core.now();
			this.handler.latency.record(end - start, frame);
			if (end - start > this.handler.slowNanos) {
				this.handler.slow(event.name(), end - start);
			}
		}
		else {
			this.handler.count(Counters.HANDLED, 1);
		}
		if (event.tracker != null) {
			event.tracker.handled();
		}
		return end;
	}

	private ContextCarrier.@Nullable Scope restore(Envelope<?> event) {
		ContextCarrier carrier = this.core.settings().contextCarrier();
		if (carrier == null || event.context == null) {
			return null;
		}
		try {
			return carrier.restore(event.context);
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

}
