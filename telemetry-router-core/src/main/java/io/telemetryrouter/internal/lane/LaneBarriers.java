package io.telemetryrouter.internal.lane;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

/**
 * The threads that wait until a lane has processed the events that were queued when the
 * wait began.
 */
final class LaneBarriers {

	private final EventQueue<?> queue;

	private final LaneWorker[] workers;

	private final CopyOnWriteArrayList<Barrier> barriers = new CopyOnWriteArrayList<>();

	LaneBarriers(EventQueue<?> queue, LaneWorker[] workers) {
		this.queue = queue;
		this.workers = workers;
	}

	/**
	 * Counts down when everything queued so far is processed. The caller then has to
	 * {@linkplain #release() check}: a worker may have passed just before.
	 */
	void add(CountDownLatch latch) {
		this.barriers.add(new Barrier(this.queue.tail(), latch));
	}

	void remove(CountDownLatch latch) {
		this.barriers.removeIf((barrier) -> barrier.latch == latch);
	}

	/** Releases the threads whose events are processed. */
	void release() {
		if (!this.barriers.isEmpty()) {
			this.barriers.removeIf(this::release);
		}
	}

	private boolean release(Barrier barrier) {
		boolean processed = isProcessed(barrier.position);
		if (processed) {
			barrier.latch.countDown();
		}
		return processed;
	}

	/** Returns whether all events before a position are processed, and not just taken. */
	private boolean isProcessed(long position) {
		if (this.queue.head() < position) {
			return false;
		}
		for (LaneWorker worker : this.workers) {
			if (worker.position().position < position) {
				return false;
			}
		}
		return true;
	}

	private record Barrier(long position, CountDownLatch latch) {
	}

}
