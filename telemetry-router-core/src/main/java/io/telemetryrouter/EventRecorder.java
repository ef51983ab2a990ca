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
	 * Returns how far a handler has got that continues after a restart.
	 * @param handlerId the handler's id
	 * @return the cursor
	 */
	Cursor cursor(String handlerId);

	/**
	 * How far a handler has got: a number that outlasts the process. Used by one thread
	 * at a time.
	 */
	interface Cursor {

		/**
		 * Returns what was recorded after the cursor, up to now. A handler without a
		 * cursor is given one at the end of the recording.
		 * @return the events, of all names
		 * @throws Exception if the recording cannot be read
		 */
		Backlog open() throws Exception;

		/**
		 * {@return the number of the last event that is recorded, and not just about to
		 * be; 0 if there is none}
		 */
		long latest();

		/**
		 * Keeps how far the handler has got.
		 * @param number the number up to which it does not need any event again
		 * @throws Exception if that failed; the cursor is as it was
		 */
		void move(long number) throws Exception;

	}

	/**
	 * Events in the order of their numbers. Used by one thread at a time.
	 */
	interface Backlog extends Closeable {

		/**
		 * Returns the next event.
		 * @return the event, or {@code null} at the end
		 * @throws Exception if it cannot be read, which is the end
		 */
		@Nullable RecordedEvent next() throws Exception;

	}

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
