package io.telemetryrouter.benchmarks.isolation;

import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryRouter;

/**
 * Event router under test. Operations that a contender does not support throw
 * {@link NotApplicable}.
 */
interface Contender extends AutoCloseable {

	Runnable subscribe(String id, Handler handler);

	default void subscribe(String id, Predicate<Event> condition, Handler handler) {
		throw new NotApplicable();
	}

	void publish(String name, Event event);

	/** Returns whether events have names. */
	default boolean isNamed() {
		return false;
	}

	/** Returns the router, for operations that no peer has. */
	default TelemetryRouter router() {
		throw new NotApplicable();
	}

	/** Closes the contender, from inside a handler. */
	default void shutDown() {
		throw new NotApplicable();
	}

	/**
	 * Returns a problem of its accounts, or {@code null}; the given handlers must be
	 * idle.
	 */
	default @Nullable String audit(String... done) {
		return null;
	}

	/** Returns whether nothing is queued or running. */
	default boolean isQuiet() {
		return false;
	}

	/** Returns the number of events that it has counted as not delivered to a handler. */
	default long lost(String id) {
		return 0;
	}

	@Override
	void close();

	@FunctionalInterface
	interface Handler {

		void handle(Event event) throws Throwable;

		/**
		 * Throws any throwable undeclared, like code of other languages and reflection.
		 */
		@SuppressWarnings("unchecked")
		default <E extends Throwable> void call(Event event) throws E {
			try {
				handle(event);
			}
			catch (Throwable ex) {
				throw (E) ex;
			}
		}

	}

	/** Thrown by an operation that a contender does not support. */
	final class NotApplicable extends RuntimeException {

		private static final long serialVersionUID = 1;

		NotApplicable() {
			super("n/a", null, false, false);
		}

	}

	/** A failing component around the handlers. */
	enum Fault {

		NONE,

		/** The error handler throws. */
		ERROR_HANDLER,

		/** The propagation of context from the emitter's thread to another throws. */
		CONTEXT;

		IllegalStateException failure() {
			return new IllegalStateException(name());
		}

	}

}
