package io.telemetryrouter.internal;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Lets producers wait for room in a queue. Costs consumers one read while nobody waits.
 * <p>
 * Waking a thread costs more than handling many an event, so producers are woken when
 * half of the queue is free, and before that only now and then: soon enough where
 * handlers are slow, and seldom where they are fast. Nobody depends on being woken: who
 * has waited long enough tries a last time.
 */
final class SpaceSignal {

	/** How long a consumer lets waiting producers wait for more room than one place. */
	private static final long GATHER_NANOS = 50_000;

	private final ReentrantLock lock = new ReentrantLock();

	private final Condition room = this.lock.newCondition();

	/** Counted before the first attempt, and read by consumers after they made room. */
	private final AtomicInteger waiting = new AtomicInteger();

	private volatile long lastSignal = System.nanoTime() - GATHER_NANOS;

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

	boolean isAwaited() {
		return this.waiting.get() != 0;
	}

	/**
	 * Tells that there may be room. Called after it was made.
	 * @param plenty whether there is so much that producers should use it at once
	 */
	void signal(boolean plenty) {
		long now = System.nanoTime();
		if (!plenty && now - this.lastSignal < GATHER_NANOS) {
			return;
		}
		this.lock.lock();
		try {
			this.lastSignal = now;
			this.room.signalAll();
		}
		finally {
			this.lock.unlock();
		}
	}

}
