package io.telemetryrouter.benchmarks.isolation;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryRouter;

/**
 * What delivers events to handlers. What a contender has nothing for is
 * {@linkplain NotApplicable not applicable}.
 */
interface Contender extends AutoCloseable {

	/** Subscribes a handler to every event. */
	Runnable subscribe(String id, Handler handler);

	default void subscribe(String id, Predicate<Event> condition, Handler handler) {
		throw new NotApplicable();
	}

	void publish(String name, Event event);

	/** Returns whether events have names. */
	default boolean isNamed() {
		return false;
	}

	/** Returns the router, for what only it has. */
	default TelemetryRouter router() {
		throw new NotApplicable();
	}

	/** Ends the contender, from inside a handler. */
	default void shutDown() {
		throw new NotApplicable();
	}

	/** Returns what is wrong with its accounts; the given handlers must be done. */
	default @Nullable String audit(String... done) {
		return null;
	}

	/** Returns whether nothing is queued or running. */
	default boolean isQuiet() {
		return false;
	}

	/** Returns how many events it has counted that did not get through to a handler. */
	default long lost(String id) {
		return 0;
	}

	@Override
	void close();

	/** Throws anything, as code of other languages and reflection do. */
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
