package io.telemetryrouter.internal.lane;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.Envelope;

/**
 * Releases threads that wait until a lane has processed the events that were queued when
 * the wait began.
 */
final class LaneBarriers {

	private final LaneQueue queue;

	private final LaneWorker[] workers;

	/** Replaced as a whole, guarded by this: most lanes never have one. */
	private volatile List<Barrier> barriers = List.of();

	LaneBarriers(LaneQueue queue, LaneWorker[] workers) {
		this.queue = queue;
		this.workers = workers;
	}

	/**
	 * Counts the latch down when all events queued so far are processed, or only the
	 * matching ones if a predicate is given. The caller then has to
	 * {@linkplain #release() check}: a worker may have finished just before.
	 */
	void add(CountDownLatch latch, @Nullable Predicate<Envelope<?>> events) {
		long tail = this.queue.tail();
		// The predicate cannot test spilled events: the barrier waits for all of them.
		long spilled = this.queue.spilledTail();
		long end = (events != null) ? last(events) + 1 : tail;
		Barrier added = new Barrier(end, Math.max(tail, end), spilled, latch, events);
		change((all) -> all.add(added));
	}

	/** Returns the last position of an event that matches, or -1. */
	private long last(Predicate<Envelope<?>> events) {
		long[] last = { -1 };
		synchronized (this.queue) {
			this.queue
				.forEach((event, position) -> last[0] = events.test(event) ? Math.max(last[0], position) : last[0]);
			for (LaneWorker worker : this.workers) {
				long taken = worker.hand.position;
				if (worker.hand.event == null && taken != EventQueue.Position.NONE) {
					// A worker that finds an older event may set this one aside.
					last[0] = Math.max(last[0], taken);
				}
			}
		}
		return last[0];
	}

	void remove(CountDownLatch latch) {
		change((all) -> all.removeIf((barrier) -> barrier.latch == latch));
	}

	private synchronized void change(Predicate<List<Barrier>> change) {
		List<Barrier> all = new ArrayList<>(this.barriers);
		if (change.test(all)) {
			this.barriers = List.copyOf(all);
		}
	}

	/** Returns the number of events as {@link Lane#pending} does. */
	long pending(@Nullable Predicate<Envelope<?>> events) {
		long[] pending = {
				(events != null) ? this.queue.spilledTail() - this.queue.spilledHead() : this.queue.pending() };
		if (events != null) {
			this.queue.forEach((event, position) -> pending[0] += events.test(event) ? 1 : 0);
		}
		for (LaneWorker worker : this.workers) {
			boolean has = worker.hand.position != EventQueue.Position.NONE && worker.mayHave(events);
			pending[0] += has ? 1 : 0;
		}
		return pending[0];
	}

	/** Releases the threads whose events are processed. */
	void release() {
		if (!this.barriers.isEmpty()) {
			change((all) -> all.removeIf(this::release));
		}
	}

	/**
	 * Releases a barrier and returns {@code true}, if its events are processed and not
	 * just taken. A worker sets its position before its event, and an event that cannot
	 * be tested yet counts as matching. The worker itself checks again.
	 */
	private boolean release(Barrier barrier) {
		if (this.queue.oldest() < barrier.end || this.queue.spilledHead() < barrier.spilled) {
			return false;
		}
		for (LaneWorker worker : this.workers) {
			if (worker.hand.position < barrier.tail && worker.mayHave(barrier.events)) {
				return false;
			}
		}
		barrier.latch.countDown();
		return true;
	}

	/**
	 * A barrier at a position. {@code tail} is the tail when the wait began,
	 * {@code spilled} the number of spilled events to wait for.
	 */
	private record Barrier(long end, long tail, long spilled, CountDownLatch latch,
			@Nullable Predicate<Envelope<?>> events) {
	}

}
