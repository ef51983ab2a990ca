package io.telemetryrouter.internal.lane;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.Envelope;

/**
 * The threads that wait until a lane has processed the events that were queued when the
 * wait began.
 */
final class LaneBarriers {

	private final LaneQueue queue;

	private final LaneWorker[] workers;

	private final CopyOnWriteArrayList<Barrier> barriers = new CopyOnWriteArrayList<>();

	LaneBarriers(LaneQueue queue, LaneWorker[] workers) {
		this.queue = queue;
		this.workers = workers;
	}

	/**
	 * Counts down when everything queued so far is processed, or of that some events. The
	 * caller then has to {@linkplain #release() check}: a worker may have passed just
	 * before.
	 */
	void add(CountDownLatch latch, @Nullable Predicate<Envelope<?>> events) {
		long tail = this.queue.tail();
		// Of spilled events nobody knows whose they are: all of them are waited for.
		long spilled = this.queue.spilledTail();
		long[] end = { (events != null) ? 0 : tail };
		if (events != null) {
			this.queue
				.forEach((event, position) -> end[0] = events.test(event) ? Math.max(end[0], position + 1) : end[0]);
		}
		this.barriers.add(new Barrier(end[0], Math.max(tail, end[0]), spilled, latch, events));
	}

	void remove(CountDownLatch latch) {
		this.barriers.removeIf((barrier) -> barrier.latch == latch);
	}

	/** Returns how many events, of some if given, are queued or in a worker's hand. */
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
			this.barriers.removeIf(this::release);
		}
	}

	private boolean release(Barrier barrier) {
		boolean processed = isProcessed(barrier);
		if (processed) {
			barrier.latch.countDown();
		}
		return processed;
	}

	/**
	 * Returns whether the events of a barrier are processed, and not just taken. Of an
	 * event that a worker is about to have in hand nobody knows whether it is one of
	 * them, so it counts as one until the worker itself looks.
	 */
	private boolean isProcessed(Barrier barrier) {
		if (this.queue.oldest() < barrier.end || this.queue.spilledHead() < barrier.spilled) {
			return false;
		}
		for (LaneWorker worker : this.workers) {
			if (worker.hand.position < barrier.tail && worker.mayHave(barrier.events)) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Events before a position, of those before the tail at the time, and the spilled
	 * ones.
	 */
	private record Barrier(long end, long tail, long spilled, CountDownLatch latch,
			@Nullable Predicate<Envelope<?>> events) {
	}

}
