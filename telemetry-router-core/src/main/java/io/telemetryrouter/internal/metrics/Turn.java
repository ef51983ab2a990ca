package io.telemetryrouter.internal.metrics;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

import io.telemetryrouter.internal.support.VarHandles;

/**
 * What one thread at a time may use. A writer only tries to take the turn, and goes
 * elsewhere if another thread has it; a reader waits for it.
 */
abstract class Turn {

	private static final VarHandle TAKEN = VarHandles.field(MethodHandles.lookup(), Turn.class, "taken", boolean.class);

	/** With a pause after each: half a second and more. */
	private static final int ATTEMPTS = 10_000;

	private static final long PAUSE_NANOS = 50_000;

	/** Cleared without a call: a writer may have no stack left for one. */
	volatile boolean taken;

	final boolean tryTake() {
		return !this.taken && TAKEN.compareAndSet(this, false, true);
	}

	/**
	 * Waits for the turn, and returns whether it came: a debugger may hold the thread
	 * that has it.
	 */
	final boolean take() {
		for (int i = 0; i < ATTEMPTS; i++) {
			if (tryTake()) {
				return true;
			}
			if (Thread.currentThread().isInterrupted()) {
				// It would not park.
				Thread.yield();
			}
			else {
				LockSupport.parkNanos(this, PAUSE_NANOS);
			}
		}
		return false;
	}

	/** Runs a reader's action; if the turn did not come, it may see a part of a write. */
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
