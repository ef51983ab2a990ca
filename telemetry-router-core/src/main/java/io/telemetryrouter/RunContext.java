package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.RunBinding;

/**
 * The run and the span that a thread is inside of, to be carried to another thread.
 * Immutable and thread-safe. The router carries it to asynchronous handlers by itself; in
 * Spring, Micrometer context-propagation carries it to Reactor and to executors.
 *
 * @since 0.1.0
 */
public interface RunContext {

	/**
	 * {@return the run's id, or {@code null} inside a span that belongs to no run}
	 */
	@Nullable String runId();

	/**
	 * {@return the id of the run that this one is nested in, or {@code null} if there is
	 * none}
	 */
	@Nullable String parentRunId();

	/**
	 * {@return the context of the calling thread, or {@code null} if the thread is inside
	 * no run or span}
	 */
	static @Nullable RunContext current() {
		return RunBinding.current();
	}

	/**
	 * Puts the calling thread inside a context that was captured on any thread. It stays
	 * valid when the scope it was captured in has closed. The caller puts back what
	 * {@link #current()} returned before with {@link #restore}.
	 * @param context the context, or {@code null} for none
	 */
	static void set(@Nullable RunContext context) {
		RunBinding.set((RunBinding) context);
	}

	/**
	 * Puts back the context that the calling thread had before {@link #set}. Scopes that
	 * have closed meanwhile are left out.
	 * @param previous what {@link #current()} returned on this thread
	 */
	static void restore(@Nullable RunContext previous) {
		RunBinding.restore((RunBinding) previous);
	}

}
