package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * Carries the emitting thread's context (tracing, MDC, security) to asynchronous
 * handlers. What its methods throw is caught and logged at a limited rate; the event is
 * handled all the same.
 *
 * @since 0.1.0
 */
public interface ContextCarrier {

	/**
	 * Captures the calling thread's context. What it emits itself has no context.
	 * @return the context, or {@code null} if there is none
	 */
	@Nullable Object capture();

	/**
	 * Restores a captured context on the calling thread.
	 * @param context what {@link #capture()} returned
	 * @return ends the restored context and puts back what was there before
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
