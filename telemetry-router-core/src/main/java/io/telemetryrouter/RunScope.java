package io.telemetryrouter;

import org.jspecify.annotations.Nullable;

/**
 * Binds a run to the thread that {@linkplain TelemetryEmitter#openRun opened} it, until
 * it is closed. Events that the thread emits meanwhile belong to the run.
 * <p>
 * Scopes nest. Closing restores the enclosing scope. Closing a scope before its nested
 * scopes leaves these open; when they close, the nearest enclosing scope that is still
 * open is restored. A scope may be closed on any thread, also concurrently, and then ends
 * for the thread that opened it too, which keeps a reference to the run until it next
 * asks for its run, for example by opening one. Closing it again has no effect. A scope
 * that a handler leaves open ends for the thread when the emit that called the handler
 * ends, so no handler can change the run of its emitter.
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
	 * Ends the binding. When the last scope of the run closes, the registrations of
	 * handlers that are {@linkplain HandlerSpec.Builder#run(String) bound to it} end.
	 */
	@Override
	void close();

}
