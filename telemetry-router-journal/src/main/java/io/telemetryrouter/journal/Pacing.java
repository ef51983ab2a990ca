package io.telemetryrouter.journal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Speed of a replay. An instance serves one replay.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Pacing {

	/**
	 * Waits until an event is due.
	 * @param offset the recorded time from the replay's first event to this one; never
	 * less than the offset of the previous event
	 * @throws InterruptedException if the thread is interrupted, which ends the replay
	 */
	void await(Duration offset) throws InterruptedException;

	/**
	 * Returns a pacing that never waits.
	 * @return the pacing
	 */
	static Pacing fullSpeed() {
		return (offset) -> {
		};
	}

	/**
	 * Returns a pacing that keeps the recorded intervals between events. Its time starts
	 * with this call.
	 * @return the pacing
	 */
	static Pacing asRecorded() {
		long start = System.nanoTime();
		return (offset) -> {
			// Saturates: a recorded clock may have jumped by centuries.
			long wait = TimeUnit.NANOSECONDS.convert(offset) - (System.nanoTime() - start);
			if (wait > 0) {
				TimeUnit.NANOSECONDS.sleep(wait);
			}
		};
	}

}
