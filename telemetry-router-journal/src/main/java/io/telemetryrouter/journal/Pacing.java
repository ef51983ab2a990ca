package io.telemetryrouter.journal;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * How fast a replay goes. One object serves one replay.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Pacing {

	/**
	 * Waits until an event is due.
	 * @param offset the time from the replay's first event to this one, as recorded;
	 * never less than that of the event before
	 * @throws InterruptedException if the thread is interrupted, which ends the replay
	 */
	void await(Duration offset) throws InterruptedException;

	/**
	 * Returns the pacing that waits for nothing.
	 * @return the pacing
	 */
	static Pacing fullSpeed() {
		return (offset) -> {
		};
	}

	/**
	 * Returns the pacing at which events were emitted.
	 * @return the pacing
	 */
	static Pacing asRecorded() {
		long start = System.nanoTime();
		return (offset) -> {
			long wait = offset.toNanos() - (System.nanoTime() - start);
			if (wait > 0) {
				TimeUnit.NANOSECONDS.sleep(wait);
			}
		};
	}

}
