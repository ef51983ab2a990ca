package io.telemetryrouter;

import java.io.Closeable;

import org.jspecify.annotations.Nullable;

/**
 * Records the events of a router, and gives those back that handlers with
 * {@link OverflowPolicy#SPILL} have left to it. Thread-safe.
 *
 * @since 0.1.0
 */
public interface EventRecorder {

	/**
	 * Records an event. Called before any other handler is offered the event if the
	 * recorder is synchronous, and on its lane otherwise.
	 * @param event the event
	 * @return the number of the event in the recording, which is positive, or 0 if the
	 * event is not recorded
	 * @throws Exception if the event is not recorded, which then counts as failed
	 */
	long record(TelemetryEvent<?> event) throws Exception;

	/**
	 * Returns a reader, for one handler that has fallen behind.
	 * @return the reader
	 * @throws Exception if the recording cannot be read
	 */
	Reader reader() throws Exception;

	/**
	 * Reads events by their numbers. Used by one thread at a time.
	 */
	interface Reader extends Closeable {

		/**
		 * Returns an event. Numbers mostly ascend from call to call. May wait until the
		 * event is written, which is the business of nobody else.
		 * @param number what {@link EventRecorder#record} returned
		 * @return the event, or {@code null} if the recording does not have it and never
		 * will
		 * @throws Exception if it cannot be read
		 */
		@Nullable RecordedEvent read(long number) throws Exception;

	}

}
