package io.telemetryrouter.internal.lane;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Lets producers wait for room in a queue, at no cost to who handles an event: to wake a
 * thread for each place costs more than handling many an event. So producers look by
 * themselves, soon at first and then less often. When there is nothing left to handle one
 * of them is woken: several at once would be in each other's way, and the next is when
 * its event has been handled. Nobody depends on being woken.
 */
final class SpaceSignal {

	private static final long FIRST_PAUSE_NANOS = 50_000;

	private static final long MAX_PAUSE_NANOS = 1_000_000;

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
			long pause = FIRST_PAUSE_NANOS;
			while (!attempt.getAsBoolean()) {
				if (left <= 0) {
					return false;
				}
				long planned = Math.min(left, pause);
				left -= planned - this.room.awaitNanos(planned);
				pause = Math.min(2 * pause, MAX_PAUSE_NANOS);
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

	/**
	 * Tells one of those who wait that there is room. Called after it was made.
	 */
	void signal() {
		if (this.waiting.get() == 0) {
			return;
		}
		this.lock.lock();
		try {
			this.room.signal();
		}
		finally {
			this.lock.unlock();
		}
	}

}
