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
import io.telemetryrouter.internal.support.Headroom;

/**
 * One asynchronous handler's bounded queue with its workers, one unless the handler is
 * concurrent.
 * <p>
 * Producers claim a position in the queue and then wake a worker that is idle; a worker
 * that finds nothing declares itself idle and then checks once more whether a position is
 * claimed. Claiming and declaring are volatile writes, so one of the two always sees the
 * other, and no event is left behind without a thread (the same argument as for the flag
 * of a parked consumer). Closing works alike: it first says why events are to be
 * discarded and then empties the queue of all that were claimed before, while producers
 * claim first and then check whether they have to discard.
 */
public final class Lane {

	/** A worker checks for waiting producers once in so many events. A power of two. */
	private static final int ROOM_INTERVAL = 64;

	private final LaneTarget target;

	private final LaneQueue queue;

	/** The same queue, if it spills. */
	private final @Nullable SpillQueue spill;

	private final LaneWorker[] workers;

	private final LaneBarriers barriers;

	private final LaneServices services;

	/** Where producers wait; null where they do not. */
	private final @Nullable RoomSignal room;

	/**
	 * Why events are not handled any more; {@code null} while they are. Written under
	 * this.
	 */
	private volatile @Nullable DropReason discard;

	final LaneDrops drops;

	/**
	 * Creates a lane; {@code concurrency} is how many events may be handled at a time,
	 * {@code gaps} whether the handler is told of dropped events.
	 */
	public Lane(LaneTarget target, int capacity, OverflowPolicy overflow, int concurrency, boolean gaps,
			boolean durable, LaneServices services) {
		this.target = target;
		this.services = services;
		this.spill = (overflow == OverflowPolicy.SPILL) ? new SpillQueue(capacity, durable, target, services) : null;
		this.queue = (this.spill != null) ? this.spill : new LaneQueue(capacity, services.critical());
		this.drops = new LaneDrops(target, this.queue, overflow, gaps, services);
		this.room = (overflow == OverflowPolicy.BLOCK) ? new RoomSignal() : null;
		this.workers = new LaneWorker[concurrency];
		for (int i = 0; i < concurrency; i++) {
			this.workers[i] = new LaneWorker(this, target, services);
		}
		this.barriers = new LaneBarriers(this.queue, this.workers);
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

	/** Returns how many of the events are left to the recorder. */
	public long spilled() {
		return (this.spill != null) ? this.spill.spilledEvents() : 0;
	}

	/** Lets a durable lane begin, with what was recorded for it before. */
	public void begin(EventRecorder.Backlog backlog) {
		if (this.spill != null) {
			this.spill.backlog(backlog);
			wake();
		}
	}

	/** Returns up to which number the backlog is handled; negative if all of it is. */
	public long backlogHandled() {
		SpillBacklog backlog = (this.spill != null) ? this.spill.backlog() : null;
		return (backlog != null) ? backlog.handled : -1;
	}

	/** Returns whether the handler reads back what it left to the recorder. */
	boolean isBehind() {
		return this.spill != null && this.spill.isBehind();
	}

	/** Returns the oldest event, unless there is none or it is not published yet. */
	public @Nullable Envelope<?> oldest() {
		return this.queue.peek();
	}

	boolean isEmpty() {
		return this.queue.isEmpty();
	}

	/**
	 * Queues an event, or counts it as dropped, without waiting. The caller then
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
				// A thread without stack must find out before it counts on waiting.
				Headroom.require();
				return false;
			}
			if (this.drops.replace(event, this::signal)) {
				return true;
			}
		}
		catch (Throwable ex) {
			// No memory for a segment, say. No tracker may wait for this event.
			this.drops.done(event);
			throw ex;
		}
		this.drops.dropFull(event);
		return true;
	}

	/**
	 * Waits for room for an event that was offered, and queues or drops it. The timeout
	 * runs since the given {@link System#nanoTime() time}; an emitter that has none left
	 * tries once.
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

	/** Remembers a dropped event for a handler that is told of gaps. */
	public void missed(Envelope<?> event, DropReason reason) {
		this.drops.missed(event, reason);
	}

	/**
	 * Wakes a worker, or discards the queued events, after an event was offered. Even if
	 * there was no room: an executor may have had no thread until now.
	 */
	public void wake() {
		DropReason reason = this.discard;
		if (reason != null) {
			empty(reason);
			return;
		}
		for (LaneWorker worker : this.workers) {
			if (worker.wake()) {
				return;
			}
		}
	}

	/** Stops taking events. An event in a worker's hand is still handled. */
	public void pause() {
		this.queue.freeze(true);
	}

	/**
	 * Takes events again. Like a producer, it first makes them visible and then checks
	 * whether a worker is awake.
	 */
	public void resume() {
		this.queue.freeze(false);
		int queued = this.queue.size();
		for (int i = 0; i < Math.min(queued, this.workers.length); i++) {
			wake();
		}
	}

	public boolean isPaused() {
		return this.queue.isFrozen();
	}

	/** Gives up long calls, wakes refused workers, ends bursts. For the watchdog. */
	public void check() {
		if (this.services.timeoutNanos() != 0) {
			giveUpOverdue(this.services.timeoutNanos());
		}
		if (!isPaused()) {
			for (LaneWorker worker : this.workers) {
				worker.reschedule();
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
	 * Takes the next event for a worker, if there is one: before it the one that tells of
	 * a gap. The worker calls taken then.
	 */
	@Nullable Envelope<?> take(EventQueue.Position consumer) {
		if (isBehind()) {
			// Reading takes time, and the previous event is done.
			consumer.position = EventQueue.Position.NONE;
			this.barriers.release();
		}
		LaneGaps gaps = this.drops.gaps;
		boolean gap = gaps != null && gaps.isPending() && this.discard == null && !isPaused()
				&& !this.target.isQuarantined();
		Envelope<?> event = (gap && gaps != null) ? gaps.take(this.queue, consumer) : null;
		return (event != null) ? event : this.queue.poll(consumer);
	}

	/** Tells threads that wait for a worker's previous event, or for room. */
	void taken(EventQueue.Position consumer) {
		// The previous event is done, and the poll made that visible.
		this.barriers.release();
		if (this.room != null && (consumer.position & (ROOM_INTERVAL - 1)) == 0 && this.room.hasWaiting()
				&& this.queue.isHalfFree()) {
			this.room.signal();
		}
	}

	/** Returns why an event that was taken is not to be handled, or {@code null}. */
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

	/** Stops handling: counts queued events and all later ones as dropped. */
	public void discard(DropReason reason) {
		synchronized (this) {
			this.discard = (this.discard != null) ? this.discard : reason;
		}
		// A producer that claims a position after that empties the queue itself.
		long claimed = this.queue.tail();
		empty(reason);
		while (this.queue.oldest() < claimed) {
			Thread.yield();
			empty(reason);
		}
	}

	/** Ends the lane. Events still queued are dropped for the given reason. */
	public void close(DropReason reason) {
		empty(reason);
		discard(DropReason.CLOSED);
		this.drops.endBurst();
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
	 * Counts down when all events queued so far have been processed, or of those some
	 * events.
	 */
	public void whenProcessed(CountDownLatch latch, @Nullable Predicate<Envelope<?>> events) {
		this.barriers.add(latch, events);
		signal();
		if (!this.queue.isEmpty()) {
			// Left there by an executor that had no thread.
			wake();
		}
	}

	/** Ends a wait. The latches of a hanging handler must not gather. */
	public void forget(CountDownLatch latch) {
		this.barriers.remove(latch);
	}

	/** Returns how many events, of some if given, are queued or in a worker's hand. */
	public long pending(@Nullable Predicate<Envelope<?>> events) {
		return this.barriers.pending(events);
	}

}
