package io.telemetryrouter.internal.lane;

import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.SpilledEvent;
import io.telemetryrouter.internal.support.Headroom;

/**
 * The bounded queue of an asynchronous handler, with its workers: one unless the handler
 * is concurrent.
 * <p>
 * A producer claims a position in the queue and then wakes an idle worker. A worker that
 * finds no event declares itself idle and then checks again for claimed positions. Claim
 * and declaration are volatile writes, so at least one of the two threads sees the
 * other's write, and no event stays queued without a worker. Closing works alike: the
 * closing thread first publishes the reason to discard events and then empties the queue
 * of all positions claimed before; a producer claims first and then checks for that
 * reason.
 */
public final class Lane {

	/** The number of events between two checks for waiting producers. A power of two. */
	private static final int ROOM_INTERVAL = 64;

	private final LaneTarget target;

	private final LaneQueue queue;

	/** The queue if it spills, else {@code null}. */
	private final @Nullable SpillQueue spill;

	private final LaneWorker[] workers;

	private final LaneBarriers barriers;

	private final LaneServices services;

	/** Signals room to waiting producers; {@code null} if producers do not wait. */
	private final @Nullable RoomSignal room;

	/** The reason to drop all events, else {@code null}. Writes are guarded by this. */
	private volatile @Nullable DropReason discard;

	final LaneDrops drops;

	/**
	 * Creates a lane with {@code concurrency} workers. {@code gaps} is whether the
	 * handler gets gap notices, {@code durable} whether the lane starts with a backlog.
	 */
	public Lane(LaneTarget target, int capacity, OverflowPolicy overflow, int concurrency, boolean gaps,
			boolean durable, LaneServices services) {
		this.target = target;
		this.services = services;
		this.spill = (overflow == OverflowPolicy.SPILL)
				? new SpillQueue(capacity, durable, target, services, this::lost) : null;
		this.queue = (this.spill != null) ? this.spill : new LaneQueue(capacity, services.critical());
		this.drops = new LaneDrops(target, this.queue, overflow, gaps, services);
		this.room = (overflow == OverflowPolicy.BLOCK) ? new RoomSignal() : null;
		this.workers = new LaneWorker[concurrency];
		for (int i = 0; i < concurrency; i++) {
			this.workers[i] = new LaneWorker(this, target, services);
		}
		this.barriers = new LaneBarriers(this.queue, this.workers);
	}

	private void lost(SpilledEvent event, @Nullable Throwable failure) {
		this.drops.dropLost(event, failure);
	}

	public int concurrency() {
		return this.workers.length;
	}

	public int capacity() {
		return this.queue.capacity();
	}

	public int size() {
		return this.queue.size();
	}

	/** Returns the number of spilled events. */
	public long spilled() {
		return (this.spill != null) ? this.spill.spilledEvents() : 0;
	}

	/** Starts a durable lane with the events that were recorded before it subscribed. */
	public void begin(EventRecorder.Backlog backlog) {
		if (this.spill != null) {
			this.spill.backlog(backlog);
			wake();
		}
	}

	/**
	 * Returns the number up to which the backlog is handled; negative if it is finished.
	 */
	public long backlogHandled() {
		SpillBacklog backlog = (this.spill != null) ? this.spill.unfinished() : null;
		return (backlog != null) ? backlog.handled : -1;
	}

	/** Returns whether spilled events or a backlog are still to be handled. */
	boolean isBehind() {
		return this.spill != null && this.spill.isBehind();
	}

	/** Returns the oldest event; {@code null} if there is none or not published yet. */
	public @Nullable Envelope<?> oldest() {
		return this.queue.peek();
	}

	boolean isEmpty() {
		return this.queue.isEmpty();
	}

	/**
	 * Queues an event without waiting, or drops and counts it. The caller then
	 * {@linkplain #wake wakes} the lane. Returns {@code false} if the caller has to
	 * {@linkplain #awaitRoom wait} for room.
	 */
	public boolean offer(Envelope<?> event, DispatchStack stack) {
		EmitTracker.enqueued(event.tracker());
		try {
			if (this.queue.offer(event)) {
				return true;
			}
			if (this.room != null && !stack.onLane && !isPaused()
					&& this.room.mayWait(this.services, this.target.handlerId())) {
				// A thread without stack fails here, before the caller relies on waiting.
				Headroom.require();
				return false;
			}
			if (!this.drops.replace(event, this::signal)) {
				this.drops.dropFull(event);
			}
			return true;
		}
		catch (Throwable ex) {
			// No memory for a segment, for example. No tracker may wait for this event.
			this.drops.done(event);
			throw ex;
		}
	}

	/**
	 * Waits for room for an offered event, then queues the event, or drops it at the
	 * timeout. The timeout runs from the given {@link System#nanoTime() time}. An emitter
	 * with no time left makes one attempt.
	 */
	public void awaitRoom(Envelope<?> event, long since) {
		boolean queued = false;
		try {
			Headroom.require();
			long left = this.services.blockNanos() - (System.nanoTime() - since);
			queued = this.room != null && this.room.await(() -> this.queue.offer(event), left);
		}
		finally {
			if (!queued) {
				this.drops.dropFull(event);
			}
			else if (this.room != null && this.queue.isHalfFree()) {
				this.room.signal();
			}
		}
	}

	/** See {@link LaneDrops#missed}. */
	public void missed(Envelope<?> event, DropReason reason) {
		this.drops.missed(event, reason);
	}

	/**
	 * Wakes an idle worker after an event was offered, or empties a lane that discards
	 * events. Even if there was no room: the executor may have refused the worker before.
	 */
	public void wake() {
		DropReason reason = this.discard;
		if (reason != null) {
			empty(reason);
			return;
		}
		for (LaneWorker worker : this.workers) {
			if (worker.wakeUp.wake()) {
				return;
			}
		}
	}

	/** Stops workers from taking events. An event in a worker's hand is still handled. */
	public void pause() {
		this.queue.freeze(true);
	}

	/**
	 * Lets workers take events again. Like a producer, first makes the events visible and
	 * then checks for an idle worker.
	 */
	public void resume() {
		this.queue.freeze(false);
		long queued = this.queue.pending();
		for (int i = 0; i < Math.min(queued, this.workers.length); i++) {
			wake();
		}
	}

	public boolean isPaused() {
		return this.queue.isFrozen();
	}

	/** Gives up overdue calls, reschedules workers, ends bursts. For the watchdog. */
	public void check() {
		if (this.services.timeoutNanos() != 0) {
			giveUpOverdue(this.services.timeoutNanos());
		}
		if (!isPaused()) {
			for (LaneWorker worker : this.workers) {
				worker.wakeUp.reschedule();
			}
		}
		this.drops.check();
	}

	public void giveUpOverdue(long nanos) {
		for (LaneWorker worker : this.workers) {
			worker.giveUpOverdue(nanos);
		}
	}

	/**
	 * Returns the next event for a worker, or {@code null} if there is none. A pending
	 * gap notice comes before the next queued event. The worker then calls
	 * {@link #taken}.
	 */
	@Nullable Envelope<?> take(EventQueue.Position consumer) {
		if (isBehind()) {
			// The previous event is done: release its waiting threads before a slow read.
			consumer.position = EventQueue.Position.NONE;
			this.barriers.release();
		}
		LaneGaps gaps = this.drops.gaps;
		boolean gap = gaps != null && gaps.isPending() && this.discard == null && !isPaused()
				&& !this.target.isQuarantined();
		Envelope<?> event = (gap && gaps != null) ? gaps.take(this.queue, consumer) : null;
		return (event != null) ? event : this.queue.poll(consumer);
	}

	/** Wakes threads that wait for a worker's previous event, or for room. */
	void taken(EventQueue.Position consumer) {
		// The previous event is done, and the poll has published that.
		this.barriers.release();
		if (this.room != null && (consumer.position & (ROOM_INTERVAL - 1)) == 0 && this.room.hasWaiting()
				&& this.queue.isHalfFree()) {
			this.room.signal();
		}
	}

	/** Returns the reason to drop a taken event, or {@code null} to handle it. */
	@Nullable DropReason discarding() {
		return this.discard;
	}

	/** Wakes threads that wait for room or for events to be processed. */
	void signal() {
		if (this.room != null) {
			this.room.signal();
		}
		this.barriers.release();
	}

	/** Stops handling: drops and counts the queued events and all later ones. */
	public void discard(DropReason reason) {
		synchronized (this) {
			this.discard = (this.discard != null) ? this.discard : reason;
		}
		// A producer that claims a position after this read empties the queue itself.
		long claimed = this.queue.tail();
		empty(reason);
		while (this.queue.oldest() < claimed) {
			Thread.yield();
			empty(reason);
		}
		this.drops.endBurst();
	}

	/** Ends the reports of a lane whose handler has left and handled its last event. */
	public void end() {
		if (this.discard == null) {
			this.drops.end();
		}
	}

	/** Closes the lane. Queued events are dropped for the given reason. */
	public void close(DropReason reason) {
		empty(reason);
		discard(DropReason.CLOSED);
	}

	private void empty(DropReason reason) {
		Headroom.require();
		EventQueue.Position consumer = new EventQueue.Position();
		for (Envelope<?> event = this.queue.evict(consumer); event != null; event = this.queue.evict(consumer)) {
			this.drops.drop(event, reason);
		}
		if (this.spill != null) {
			this.spill.empty((event) -> this.drops.drop(event, reason));
		}
		signal();
	}

	/**
	 * Counts the latch down when all events queued so far are processed, or only the
	 * matching ones if a predicate is given.
	 */
	public void whenProcessed(CountDownLatch latch, @Nullable Predicate<Envelope<?>> events) {
		this.barriers.add(latch, events);
		signal();
		if (!this.queue.isEmpty()) {
			// The executor may have refused the worker.
			wake();
		}
	}

	/** Ends a wait, so that the latches of a hanging handler do not accumulate. */
	public void forget(CountDownLatch latch) {
		this.barriers.remove(latch);
	}

	/**
	 * Returns the number of events that are queued or in a worker's hand. A predicate
	 * excludes events that do not match.
	 */
	public long pending(@Nullable Predicate<Envelope<?>> events) {
		return this.barriers.pending(events);
	}

}
