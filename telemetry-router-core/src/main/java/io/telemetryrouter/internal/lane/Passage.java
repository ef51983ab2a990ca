package io.telemetryrouter.internal.lane;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import io.telemetryrouter.internal.metrics.StripedCounter;

/**
 * Tells when all emits that are between the recorder and the lanes have reached the
 * lanes, also while others begin. Emits of even and odd epochs are counted apart, so that
 * those of an epoch that is over become fewer (P. McKenney, Sleepable RCU).
 */
public final class Passage {

	private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

	private static final int MAX_PAUSES = 50;

	private final StripedCounter[] begun = { new StripedCounter(), new StripedCounter() };

	private final StripedCounter[] ended = { new StripedCounter(), new StripedCounter() };

	/** Written under this. */
	private volatile int epoch;

	/** Begins an emit, before it is recorded, and returns its epoch. */
	public int begin(int stripe) {
		int current = this.epoch;
		this.begun[current].add(1, stripe);
		return current;
	}

	public void end(int epoch, int stripe) {
		this.ended[epoch].add(1, stripe);
	}

	/**
	 * Waits, for a moment at most, until all emits have ended that had begun before.
	 * @return whether they have
	 */
	public synchronized boolean await() {
		int current = this.epoch;
		// Those that began in the epoch before and were counted late.
		if (!awaitEnd(1 - current)) {
			return false;
		}
		this.epoch = 1 - current;
		return awaitEnd(current);
	}

	private boolean awaitEnd(int epoch) {
		for (int i = 0; !hasEnded(epoch); i++) {
			if (i == MAX_PAUSES || Thread.currentThread().isInterrupted()) {
				return false;
			}
			LockSupport.parkNanos(this, PAUSE);
		}
		return true;
	}

	private boolean hasEnded(int epoch) {
		// In this order: an emit that begins in between has not ended.
		long sum = this.ended[epoch].sum();
		return sum == this.begun[epoch].sum();
	}

}
