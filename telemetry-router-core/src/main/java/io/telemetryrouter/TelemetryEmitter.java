package io.telemetryrouter;

import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

/**
 * Says what happened. This is all that an agent loop ever sees of the router.
 * <p>
 * Safe for use by any number of threads. Nothing that a handler does reaches the caller:
 * whatever a handler throws is caught and counted, and an asynchronous handler never runs
 * on, nor is ever waited for by, the calling thread (a handler whose
 * {@linkplain OverflowPolicy#BLOCK overflow policy} says so may hold it for a bounded
 * time). Synchronous handlers run on the calling thread, in the order of their route, and
 * take the time they take.
 *
 * @since 0.1.0
 */
public interface TelemetryEmitter {

	/**
	 * Emits an event to every handler registered when this call begins. The payload is
	 * handed over as it is, never copied; give an immutable one.
	 * <p>
	 * Asynchronous handlers are offered the event before synchronous ones run, so that an
	 * event emitted by a handler never overtakes its cause in anyone's queue.
	 * <p>
	 * A thread that has no stack or memory left may be told so here, as by any call. Then
	 * the event is counted as failed at the handlers it did not reach, or not at all.
	 * @param event the name: dot-separated segments, any characters
	 * @param payload the payload, or {@code null}
	 * @throws IllegalArgumentException if {@code event} is null or blank
	 */
	void emit(String event, @Nullable Object payload);

	/**
	 * Emits an event of a declared type, so that the compiler checks the payload.
	 * @param <T> the payload type
	 * @param type the event's type
	 * @param payload the payload
	 * @throws IllegalArgumentException if {@code type} is null
	 */
	<T> void emit(EventType<T> type, T payload);

	/**
	 * Emits an event and tells when every handler has finished with it. Synchronous
	 * handlers have run when this method returns.
	 * <p>
	 * The future never completes exceptionally. It completes on a thread of the router
	 * (or is complete already when this method returns), so dependent actions hold up
	 * neither the emitter nor a handler. Do not wait for it inside a handler: an event
	 * that waits in the queue of the very handler that waits for it will not be handled.
	 * @param event the name
	 * @param payload the payload, or {@code null}
	 * @return the outcome, summed over all handlers
	 * @throws IllegalArgumentException if {@code event} is null or blank
	 */
	CompletableFuture<EmitOutcome> emitAsync(String event, @Nullable Object payload);

	/**
	 * Returns whether an event of this name would reach any handler now, to skip building
	 * a costly payload. Conditions and payload types are not looked at.
	 * @param event the name
	 * @return {@code true} if at least one handler matches and the router is open
	 * @throws IllegalArgumentException if {@code event} is null or blank
	 */
	boolean hasHandlers(String event);

}
