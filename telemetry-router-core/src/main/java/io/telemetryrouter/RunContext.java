package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.RunBinding;

/**
 * The current run and span of a thread, which can be propagated to another thread.
 * Immutable and thread-safe. The router propagates it to asynchronous handlers; in
 * Spring, Micrometer context-propagation propagates it to Reactor and to executors.
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
	 * Sets the context of the calling thread to one that was captured on any thread. The
	 * context stays valid after the scope in which it was captured has closed. The caller
	 * later passes the context that {@link #current()} returned before to
	 * {@link #restore}.
	 * @param context the context, or {@code null} for none
	 */
	static void set(@Nullable RunContext context) {
		RunBinding.set((RunBinding) context);
	}

	/**
	 * Reinstates the context that the calling thread had before {@link #set}, without
	 * scopes that have closed meanwhile.
	 * @param previous the context that {@link #current()} returned on this thread
	 */
	static void restore(@Nullable RunContext previous) {
		RunBinding.restore((RunBinding) previous);
	}

}
