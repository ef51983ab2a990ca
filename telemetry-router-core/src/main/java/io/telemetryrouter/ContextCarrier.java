package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * Carries the emitting thread's context (tracing, MDC, security) to asynchronous
 * handlers. Exceptions thrown by its methods are caught and logged at a limited rate; the
 * event is still handled.
 *
 * @since 0.1.0
 */
public interface ContextCarrier {

	/**
	 * Captures the calling thread's context. Events that this method itself emits carry
	 * no context.
	 * @return the context, or {@code null} if there is none
	 */
	@Nullable Object capture();

	/**
	 * Restores a captured context on the calling thread.
	 * @param context the object that {@link #capture()} returned
	 * @return the scope; closing it ends the restored context and reinstates the previous
	 * one
	 */
	Scope restore(Object context);

	/**
	 * A restored context.
	 */
	@FunctionalInterface
	interface Scope extends AutoCloseable {

		@Override
		void close();

	}

}
