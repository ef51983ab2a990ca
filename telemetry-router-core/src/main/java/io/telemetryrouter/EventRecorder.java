package io.telemetryrouter;

import java.io.Closeable;

import org.jspecify.annotations.Nullable;

/**
 * Records the events of a router, and returns spilled events to handlers with
 * {@link OverflowPolicy#SPILL}. Thread-safe.
 *
 * @since 0.1.0
 */
public interface EventRecorder {

	/**
	 * Records an event. A synchronous recorder is called before the event is offered to
	 * any other handler; an asynchronous one is called on its lane.
	 * @param event the event
	 * @return the number of the event in the recording, which is positive, or 0 if the
	 * event is not recorded
	 * @throws Exception if the event could not be recorded; the call then counts as
	 * failed
	 */
	long record(TelemetryEvent<?> event) throws Exception;

	/**
	 * Returns a reader, for one handler that has fallen behind.
	 * @return the reader
	 * @throws Exception if the recording cannot be read
	 */
	Reader reader() throws Exception;

	/**
	 * Returns the cursor of a durable handler, which survives a restart.
	 * @param handlerId the handler's id
	 * @return the cursor
	 */
	Cursor cursor(String handlerId);

	/**
	 * The position of a durable handler in the recording: a number that survives a
	 * restart. Used by one thread at a time.
	 */
	interface Cursor {

		/**
		 * Returns the events recorded after the cursor, up to now. For a handler without
		 * a stored position, the cursor is created at the end of the recording.
		 * @return the events, of all names
		 * @throws Exception if the recording cannot be read
		 */
		Backlog open() throws Exception;

		/**
		 * {@return the number of the last recorded event, ignoring events that are still
		 * being recorded; 0 if there is none}
		 */
		long latest();

		/**
		 * Stores the position of the handler.
		 * @param number the number of the last event that the handler does not need again
		 * @throws Exception if the position could not be stored; the cursor is unchanged
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
		 * @throws Exception if the event cannot be read; the backlog ends there
		 */
		@Nullable RecordedEvent next() throws Exception;

	}

	/**
	 * Reads events by their numbers. Used by one thread at a time.
	 */
	interface Reader extends Closeable {

		/**
		 * Returns an event. Numbers mostly ascend from call to call. May wait until the
		 * event is written: the router holds no lock during the call.
		 * @param number the number that {@link EventRecorder#record} returned
		 * @return the event, or {@code null} if the recording does not contain it and
		 * never will
		 * @throws Exception if the event cannot be read
		 */
		@Nullable RecordedEvent read(long number) throws Exception;

	}

}
