package io.telemetryrouter.internal.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

import io.telemetryrouter.internal.support.VarHandles;

/**
 * An object that one thread at a time may use. A writer only tries to take the turn, and
 * uses another object if a different thread has it; a reader waits for it.
 */
abstract class Turn {

	private static final VarHandle TAKEN = VarHandles.field(MethodHandles.lookup(), Turn.class, "taken", boolean.class);

	/** With a pause after each attempt: at least half a second in total. */
	private static final int ATTEMPTS = 10_000;

	private static final long PAUSE_NANOS = 50_000;

	/** Cleared by a field write: a writer may have no stack left for a call. */
	volatile boolean taken;

	final boolean tryTake() {
		return !this.taken && TAKEN.compareAndSet(this, false, true);
	}

	/**
	 * Waits for the turn for a limited time, and returns whether it was taken: a debugger
	 * may have suspended the thread that has it.
	 */
	final boolean take() {
		for (int i = 0; i < ATTEMPTS; i++) {
			if (tryTake()) {
				return true;
			}
			if (Thread.currentThread().isInterrupted()) {
				// An interrupted thread does not park.
				Thread.yield();
			}
			else {
				LockSupport.parkNanos(this, PAUSE_NANOS);
			}
		}
		return false;
	}

	/** Runs a reader's action. If the turn was not taken, it may see a partial write. */
	final void whileTaken(Runnable action) {
		boolean alone = take();
		try {
			action.run();
		}
		finally {
			if (alone) {
				this.taken = false;
			}
		}
	}

}
