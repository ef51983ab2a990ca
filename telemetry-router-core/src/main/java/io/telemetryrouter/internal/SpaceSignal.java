package io.telemetryrouter.internal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Lets producers wait for room in a queue. Costs consumers one read while nobody waits.
 */
final class SpaceSignal {

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition room = this.lock.newCondition();

	/** Counted before the first attempt, and read by consumers after they made room. */
	private final AtomicInteger waiting = new AtomicInteger();

	/**
	 * Waits until an attempt succeeds.
	 * @param attempt tries to use the room
	 * @param nanos how long to wait at most
	 * @return whether it succeeded; {@code false} at once on an interrupted thread, whose
	 * interrupt stays set
	 */
	boolean await(BooleanSupplier attempt, long nanos) {
		this.lock.lock();
		try {
			this.waiting.incrementAndGet();
			long left = nanos;
			while (!attempt.getAsBoolean()) {
				if (left <= 0) {
					return false;
				}
				left = this.room.awaitNanos(left);
			}
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
		finally {
			this.waiting.decrementAndGet();
			this.lock.unlock();
		}
	}

	void signal() {
		if (this.waiting.get() == 0) {
			return;
		}
		this.lock.lock();
		try {
			this.room.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

}
