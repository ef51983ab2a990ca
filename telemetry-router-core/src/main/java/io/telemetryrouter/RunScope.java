package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * Binds a run to the thread that {@linkplain TelemetryEmitter#openRun opened} it, until
 * it is closed. What the thread emits meanwhile belongs to the run.
 * <p>
 * Scopes nest. Closing restores the enclosing scope. A scope that is closed before those
 * opened inside it leaves those open: when they close, the thread is back in the next
 * scope that is still open. A scope may be closed on any thread, also by several at once,
 * and then ends for its own thread too. Closing twice does nothing. What a handler leaves
 * open ends for the thread when the emit does that called the handler: no handler can
 * take its emitter to another run.
 *
 * @since 0.1.0
 */
public interface RunScope extends AutoCloseable {

	/**
	 * {@return the run's id}
	 */
	String runId();

	/**
	 * {@return the id of the run that this one is nested in, or {@code null} if there is
	 * none}
	 */
	@Nullable String parentRunId();

	/**
	 * Ends the binding. When the last scope of the run closes, handlers that are
	 * {@linkplain HandlerSpec.Builder#run(String) bound to it} leave.
	 */
	@Override
	void close();

}
