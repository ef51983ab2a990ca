package io.telemetryrouter.benchmarks.isolation;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

/**
 * What delivers events to handlers. What a contender has nothing for is not applicable.
 */
interface Contender extends AutoCloseable {

	/**
	 * Subscribes a handler to every event.
	 * @param id a name for it
	 * @param handler the handler
	 * @return ends the subscription
	 */
	Runnable subscribe(String id, Handler handler);

	/**
	 * Subscribes a handler to the events that satisfy a condition.
	 * @param id a name for it
	 * @param condition the condition
	 * @param handler the handler
	 */
	default void subscribe(String id, Predicate<Event> condition, Handler handler) {
		throw new NotApplicable();
	}

	/**
	 * Emits an event, as a user would.
	 * @param name its name, where events have names
	 * @param event the event
	 */
	void publish(String name, Event event);

	/**
	 * Returns whether events have names.
	 * @return {@code true} if the name given to {@link #publish} matters
	 */
	default boolean isNamed() {
		return false;
	}

	/**
	 * Returns whether a subscription can end.
	 * @return {@code false} if handlers stay for ever
	 */
	default boolean isLeavable() {
		return true;
	}

	/**
	 * Waits from inside a handler until everything is handled.
	 */
	default void flush() {
		throw new NotApplicable();
	}

	/**
	 * Waits from inside a handler for another event, for a moment.
	 */
	default void awaitNext() {
		throw new NotApplicable();
	}

	/**
	 * Emits from inside a handler and waits until the event is handled.
	 * @param name its name
	 * @param event the event
	 */
	default void publishAndWait(String name, Event event) {
		throw new NotApplicable();
	}

	/**
	 * Ends the contender, from inside a handler.
	 */
	default void shutDown() {
		throw new NotApplicable();
	}

	/**
	 * Looks at its books.
	 * @param neighbours the handlers that must have got all events, by their ids
	 * @return what is wrong with them, or {@code null}
	 */
	default @Nullable String audit(Neighbour... neighbours) {
		return null;
	}

	/**
	 * Returns whether nothing is queued or running.
	 * @return {@code false} where nobody can tell
	 */
	default boolean isQuiet() {
		return false;
	}

	/**
	 * Returns how many events it has counted that did not get through to a handler.
	 * @param id the handler's id
	 * @return the number; 0 where nothing is counted
	 */
	default long lost(String id) {
		return 0;
	}

	@Override
	void close();

	/** Receives events. */
	@FunctionalInterface
	interface Handler {

		/**
		 * Handles an event.
		 * @param event the event
		 * @throws Throwable whatever it likes
		 */
		void handle(Event event) throws Throwable;

	}

	/** Thrown where a contender has nothing of the kind. */
	final class NotApplicable extends RuntimeException {

		private static final long serialVersionUID = 1;

		NotApplicable() {
			super("n/a", null, false, false);
		}

	}

	/**
	 * Throws anything, as code of other languages and reflection do.
	 * @param error what to throw
	 * @param <E> inferred as unchecked
	 * @return nothing
	 * @throws E always
	 */
	@SuppressWarnings("unchecked")
	static <E extends Throwable> RuntimeException sneaky(Throwable error) throws E {
		throw (E) error;
	}

}
