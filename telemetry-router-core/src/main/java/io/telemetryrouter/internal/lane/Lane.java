package io.telemetryrouter.internal.lane;

import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Headroom;

/**
 * One asynchronous handler's bounded queue with its workers, one unless the handler is
 * concurrent.
 * <p>
 * Producers claim a place in the queue and then wake a worker that is idle; a worker that
 * finds nothing declares itself idle and then looks once more whether a place is claimed.
 * Claiming and declaring are volatile writes, so one of the two always sees the other,
 * and no event is left behind without a thread (the same argument as for the flag of a
 * parked consumer). Closing works alike: it first says why events are to be discarded and
 * then empties the queue of all that were claimed before, while producers claim first and
 * then look whether they have to discard.
 *
 * @since 0.1.0
 */
public final class Lane {

	private static final int MAX_EVICTIONS = 64;

	private final Handler handler;

	private final EventQueue queue;

	private final OverflowPolicy overflow;

	private final LaneWorker[] workers;

	private final LatencyHistogram queueWait = new LatencyHistogram();

	private final @Nullable SpaceSignal space;

	private final long blockNanos;

	/**
	 * Why events are not handled any more; null while they are, and
	 * {@link DropReason#QUARANTINED} while each is to be asked for. Written under this.
	 */
	private volatile @Nullable DropReason discard;

	private volatile @Nullable CopyOnWriteArrayList<Barrier> barriers;

	private final OverflowBurst burst;

	public Lane(Handler handler, RouterCore core, int capacity, OverflowPolicy overflow, int concurrency) {
		this.handler = handler;
		this.overflow = overflow;
		// Who never waits for room waits for no other emitter either.
		this.queue = new EventQueue(capacity, overflow == OverflowPolicy.BLOCK);
		this.burst = new OverflowBurst(handler, this.queue, core);
		this.space = (overflow == OverflowPolicy.BLOCK) ? new SpaceSignal() : null;
		this.blockNanos = TimeUnit.NANOSECONDS.convert(core.settings().blockTimeout());
		this.workers = new LaneWorker[concurrency];
		for (int i = 0; i < concurrency; i++) {
			this.workers[i] = new LaneWorker(this, handler, core, i);
		}
	}

	public OverflowPolicy overflow() {
		return this.overflow;
	}

	public int concurrency() {
		return this.workers.length;
	}

	public EventQueue queue() {
		return this.queue;
	}

	public LatencyHistogram queueWait() {
		return this.queueWait;
	}

	/**
	 * Queues an event, or counts it as dropped.
	 * @param event the event
	 * @param frame the emitting thread's
	 */
	public void offer(Envelope<?> event, DispatchStack frame) {
		event.enqueued();
		// Found before: what is read after the claim of a place waits for it.
		LaneWorker first = this.workers[0];
		boolean queued = tryQueue(event, frame);
		if (!queued) {
			drop(event, DropReason.QUEUE_FULL);
		}
		try {
			offered(queued, first, frame);
		}
		catch (Throwable ex) {
			// Such as no stack to wake with. It is queued or counted, and whoever comes
			// next tries again: not a failure.
			return;
		}
	}

	private void offered(boolean queued, LaneWorker first, DispatchStack frame) {
		if (!queued) {
			this.burst.dropped();
		}
		DropReason reason = this.discard;
		if (reason != null && reason != DropReason.QUARANTINED) {
			empty(reason);
			return;
		}
		// Even if there was no room: an executor may have had no thread until now.
		if (!first.wake(frame) && this.workers.length > 1) {
			wake(frame);
		}
	}

	private boolean tryQueue(Envelope<?> event, DispatchStack frame) {
		try {
			return this.queue.offer(event) || makeRoom(event, frame);
		}
		catch (Throwable ex) {
			// Such as no memory for a segment: nobody may wait for this event.
			event.dequeued();
			throw ex;
		}
	}

	private boolean makeRoom(Envelope<?> event, DispatchStack frame) {
		return switch (this.overflow) {
			case DROP_NEWEST -> false;
			case DROP_OLDEST -> evict(event);
			case BLOCK -> awaitRoom(event, frame);
		};
	}

	private boolean evict(Envelope<?> event) {
		// Other producers may take the room that this one makes; there is an end to
		// trying.
		for (int i = 0; i < MAX_EVICTIONS; i++) {
			Envelope<?> oldest = this.queue.evict(new EventQueue.Cursor());
			if (oldest != null) {
				drop(oldest, DropReason.QUEUE_FULL);
				this.burst.dropped();
				signal();
			}
			if (this.queue.offer(event)) {
				return true;
			}
		}
		return false;
	}

	private boolean awaitRoom(Envelope<?> event, DispatchStack frame) {
		if (frame.onLane || this.space == null || isPaused()) {
			return false;
		}
		Headroom.require();
		return this.space.await(() -> this.queue.offer(event), this.blockNanos);
	}

	void drop(Envelope<?> event, DropReason reason) {
		this.handler.drop(reason, event.tracker());
		event.dequeued();
	}

	/**
	 * Stops taking events from the queue. What a worker has in hand goes on.
	 */
	public void pause() {
		this.queue.freeze(true);
	}

	/**
	 * Takes events again. Like a producer, it first makes them visible and then looks
	 * whether a worker is awake.
	 * @param frame the calling thread's
	 */
	public void resume(DispatchStack frame) {
		this.queue.freeze(false);
		int queued = this.queue.size();
		for (int i = 0; i < Math.min(queued, this.workers.length); i++) {
			wake(frame);
		}
	}

	public boolean isPaused() {
		return this.queue.isFrozen();
	}

	/**
	 * Sets whether workers ask the {@link CircuitBreaker} before each event.
	 * @param aside whether they do
	 */
	public synchronized void setAside(boolean aside) {
		if (aside && this.discard == null) {
			this.discard = DropReason.QUARANTINED;
		}
		else if (!aside && this.discard == DropReason.QUARANTINED) {
			this.discard = null;
		}
	}

	/**
	 * Gives up calls that take too long.
	 * @param now the time, on the monotonic clock
	 * @param timeout how long they may take
	 */
	public void giveUpOverdue(long now, Duration timeout) {
		for (LaneWorker worker : this.workers) {
			worker.giveUpOverdue(now, timeout);
		}
	}

	private void wake(DispatchStack frame) {
		for (LaneWorker worker : this.workers) {
			if (worker.wake(frame)) {
				return;
			}
		}
	}

	/**
	 * Takes the next event for a worker.
	 * @param worker the worker
	 * @return the event, or {@code null} if there is none
	 */
	@Nullable Envelope<?> take(LaneWorker worker) {
		Envelope<?> event = this.queue.poll(worker.place());
		if (event != null) {
			// The worker's previous event is done, and the poll made that visible.
			release();
		}
		return event;
	}

	/**
	 * Returns why an event that was taken is not to be handled.
	 * @return the reason, or {@code null}
	 */
	@Nullable DropReason discarding() {
		return this.discard;
	}

	/**
	 * Called by a worker after it has declared itself idle.
	 * @param worker the worker
	 * @param frame its thread's
	 */
	void rested(LaneWorker worker, DispatchStack frame) {
		if (!this.queue.isEmpty()) {
			if (this.queue.peek() == null) {
				// Its emitter may have lost the processor just before it put it there.
				Thread.yield();
			}
			worker.wake(frame);
		}
		signal();
	}

	private void signal() {
		if (this.space != null) {
			this.space.signal();
		}
		release();
	}

	private void release() {
		CopyOnWriteArrayList<Barrier> waiting = this.barriers;
		if (waiting != null) {
			waiting.removeIf(this::release);
		}
	}

	private boolean release(Barrier barrier) {
		if (!isProcessed(barrier.position)) {
			return false;
		}
		barrier.latch.countDown();
		return true;
	}

	/**
	 * Stops handling: whatever is queued and whatever still comes is counted as dropped.
	 * @param reason why
	 */
	public void discard(DropReason reason) {
		synchronized (this) {
			if (this.discard == null || this.discard == DropReason.QUARANTINED) {
				this.discard = reason;
			}
		}
		// Who claims a place after that empties the queue himself.
		long claimed = this.queue.tail();
		empty(reason);
		while (this.queue.head() < claimed) {
			Thread.yield();
			empty(reason);
		}
	}

	/**
	 * Ends the lane.
	 * @param reason why what is still queued is dropped; what comes later is counted as
	 * coming after the close
	 */
	public void close(DropReason reason) {
		empty(reason);
		discard(DropReason.CLOSED);
		this.burst.end();
	}

	/**
	 * Drops what is queued.
	 * @param reason why
	 */
	private void empty(DropReason reason) {
		EventQueue.Cursor cursor = new EventQueue.Cursor();
		for (Envelope<?> event = this.queue.evict(cursor); event != null; event = this.queue.evict(cursor)) {
			drop(event, reason);
		}
		signal();
	}

	/**
	 * Counts down when everything queued so far has been processed.
	 * @param latch the latch
	 * @param frame the calling thread's
	 */
	public void whenProcessed(CountDownLatch latch, DispatchStack frame) {
		Barrier barrier = new Barrier(this.queue.tail(), latch);
		barriers().add(barrier);
		// Looks again after it can be seen: a worker may have passed just before.
		signal();
		if (!this.queue.isEmpty()) {
			// Left there by an executor that had no thread.
			wake(frame);
		}
	}

	/**
	 * Gives up waiting. A handler that hangs must not gather all that ever waited for it.
	 * @param latch the latch given to {@link #whenProcessed}
	 */
	public void forget(CountDownLatch latch) {
		barriers().removeIf((barrier) -> barrier.latch == latch);
	}

	/**
	 * Returns how many wait for events to be processed.
	 * @return the number
	 */
	int waiting() {
		CopyOnWriteArrayList<Barrier> waiting = this.barriers;
		return (waiting != null) ? waiting.size() : 0;
	}

	private CopyOnWriteArrayList<Barrier> barriers() {
		CopyOnWriteArrayList<Barrier> waiting = this.barriers;
		if (waiting == null) {
			synchronized (this) {
				waiting = this.barriers;
				if (waiting == null) {
					waiting = new CopyOnWriteArrayList<>();
					this.barriers = waiting;
				}
			}
		}
		return waiting;
	}

	private boolean isProcessed(long position) {
		if (this.queue.head() < position) {
			return false;
		}
		for (LaneWorker worker : this.workers) {
			if (worker.place().position < position) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Records all that was measured.
	 */
	public void settle() {
		for (LaneWorker worker : this.workers) {
			worker.settle();
		}
	}

	/**
	 * Returns how many events were handled, where calls are not measured.
	 * @return the number
	 */
	public long handled() {
		long handled = 0;
		for (LaneWorker worker : this.workers) {
			handled += worker.place().handled;
		}
		return handled;
	}

	/**
	 * Returns how many events are queued or in the hands of a worker.
	 * @return the number
	 */
	public long pending() {
		long pending = this.queue.size();
		for (LaneWorker worker : this.workers) {
			pending += (worker.place().position != EventQueue.Cursor.NONE) ? 1 : 0;
		}
		return pending;
	}

	private record Barrier(long position, CountDownLatch latch) {
	}

}
