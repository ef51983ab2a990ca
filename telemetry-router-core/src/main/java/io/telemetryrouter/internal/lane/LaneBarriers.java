package io.telemetryrouter.internal.lane;

import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;

import org.jspecify.annotations.Nullable;

/**
 * The threads that wait until a lane has processed what was queued when they began to. A
 * lane that no thread waits for keeps no list of them.
 */
final class LaneBarriers {

	private final EventQueue<?> queue;

	private final LaneWorker[] workers;

	private volatile @Nullable CopyOnWriteArrayList<Barrier> barriers;

	LaneBarriers(EventQueue<?> queue, LaneWorker[] workers) {
		this.queue = queue;
		this.workers = workers;
	}

	/**
	 * Counts down when everything queued so far has been processed. The caller then has
	 * to {@linkplain #release() look}: a worker may have passed just before.
	 * @param latch the latch
	 */
	void add(CountDownLatch latch) {
		barriers().add(new Barrier(this.queue.tail(), latch));
	}

	private synchronized CopyOnWriteArrayList<Barrier> barriers() {
		CopyOnWriteArrayList<Barrier> waiting = this.barriers;
		if (waiting == null) {
			waiting = new CopyOnWriteArrayList<>();
			this.barriers = waiting;
		}
		return waiting;
	}

	void remove(CountDownLatch latch) {
		barriers().removeIf((barrier) -> barrier.latch == latch);
	}

	/**
	 * Releases the threads whose events have been processed.
	 */
	void release() {
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
	 * Returns whether all events before a position are processed, and not just taken.
	 */
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
