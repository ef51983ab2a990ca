package io.telemetryrouter.internal.lane;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Lets producers wait for room in a queue, without a lock: thousands of producers that
 * time out together would wait longer for the lock than for room. A worker that finds
 * half of the queue free, or no event left, wakes exactly one producer, and that one
 * wakes the next: several at once would contend for the tail. Wake-ups are only a hint;
 * producers also poll.
 */
final class RoomSignal {

	private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

	private final Queue<Waiter> waiters = new ConcurrentLinkedQueue<>();

	/** Incremented before the first attempt. Workers read it after they made room. */
	private final AtomicInteger waiting = new AtomicInteger();

	/** Whether a refused wait was reported. */
	private volatile boolean refused;

	/** Returns whether the current thread may wait. Reports the first refusal. */
	boolean mayWait(LaneServices services, String handlerId) {
		boolean allowed = services.blockingAllowed().getAsBoolean();
		if (!allowed && !this.refused) {
			this.refused = true;
			services.reporter().blockingRefused(handlerId, Thread.currentThread().getName());
		}
		return allowed;
	}

	/**
	 * Waits until an attempt succeeds, for the given nanoseconds at most. Returns
	 * {@code false} without a wait on an interrupted thread, which stays interrupted.
	 */
	boolean await(BooleanSupplier attempt, long nanos) {
		long begin = System.nanoTime();
		Waiter waiter = new Waiter(Thread.currentThread());
		this.waiting.incrementAndGet();
		try {
			while (true) {
				if (!waiter.queued) {
					waiter.queued = true;
					this.waiters.add(waiter);
				}
				if (attempt.getAsBoolean()) {
					return true;
				}
				long left = nanos - (System.nanoTime() - begin);
				if (left <= 0 || Thread.currentThread().isInterrupted()) {
					return false;
				}
				LockSupport.parkNanos(this, Math.min(left, POLL_NANOS));
			}
		}
		finally {
			this.waiting.decrementAndGet();
			if (waiter.queued) {
				this.waiters.remove(waiter);
			}
		}
	}

	boolean hasWaiting() {
		return this.waiting.get() != 0;
	}

	/** Wakes one producer. Called after room was made. */
	void signal() {
		Waiter waiter = hasWaiting() ? this.waiters.poll() : null;
		if (waiter != null) {
			waiter.queued = false;
			LockSupport.unpark(waiter.thread);
		}
	}

	private static final class Waiter {

		private final Thread thread;

		/** Set by the waiter, cleared by the thread that removes it from the queue. */
		private volatile boolean queued;

		Waiter(Thread thread) {
			this.thread = thread;
		}

	}

}
