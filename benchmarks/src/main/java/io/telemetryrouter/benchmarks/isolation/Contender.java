package io.telemetryrouter.benchmarks.isolation;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryRouter;

/**
 * What delivers events to handlers. What a contender has nothing for is
 * {@linkplain NotApplicable not applicable}.
 */
interface Contender extends AutoCloseable {

	/**
	 * Subscribes a handler to every event.
	 * @param id a name for it
	 * @param handler the handler
	 * @return ends the subscription
	 */
	Runnable subscribe(String id, Handler handler);

	default void subscribe(String id, Predicate<Event> condition, Handler handler) {
		throw new NotApplicable();
	}

	void publish(String name, Event event);

	/**
	 * Returns whether events have names.
	 * @return {@code true} if the name given to {@link #publish} matters
	 */
	default boolean isNamed() {
		return false;
	}

	/**
	 * Returns the router, for what only it has.
	 * @return the router
	 */
	default TelemetryRouter router() {
		throw new NotApplicable();
	}

	/** Ends the contender, from inside a handler. */
	default void shutDown() {
		throw new NotApplicable();
	}

	/**
	 * Checks its accounts.
	 * @param done ids of handlers that must have no events left
	 * @return what is wrong, or {@code null}
	 */
	default @Nullable String audit(String... done) {
		return null;
	}

	/**
	 * Returns whether nothing is queued or running.
	 * @return {@code false} where that cannot be known
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

	/** Receives events and may throw anything. */
	@FunctionalInterface
	interface Handler {

		void handle(Event event) throws Throwable;

	}

	/** Thrown where a contender has nothing of the kind. */
	final class NotApplicable extends RuntimeException {

		private static final long serialVersionUID = 1;

		NotApplicable() {
			super("n/a", null, false, false);
		}

	}

	/** What is broken around the handlers. */
	enum Fault {

		NONE,

		/** What is told of failures throws. */
		ERROR_HANDLER,

		/** What carries context from the emitter's thread to another throws. */
		CONTEXT;

		IllegalStateException failure() {
			return new IllegalStateException(name());
		}

	}

}
