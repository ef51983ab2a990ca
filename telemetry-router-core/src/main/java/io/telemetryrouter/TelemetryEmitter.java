package io.telemetryrouter;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Emits events: the only part of the router that an agent loop needs.
 * <p>
 * Safe for use by any number of threads. Exceptions thrown by handlers are caught and
 * counted, and never propagate to the caller. Synchronous handlers run on the calling
 * thread, in the order of their route, and delay the caller. Asynchronous handlers never
 * run on the calling thread. The caller does not wait for them, unless the queue of one
 * is full and its overflow policy is {@link OverflowPolicy#BLOCK}, and then for a bounded
 * time.
 *
 * @since 0.1.0
 */
public interface TelemetryEmitter {

	/**
	 * Emits an event to every handler registered when this call begins. The payload is
	 * passed by reference, never copied; use an immutable object.
	 * <p>
	 * The event is queued for all asynchronous handlers before any of them is woken for
	 * it, and before synchronous handlers run. So an event that is emitted by a
	 * synchronous handler, or by an asynchronous handler that this call wakes, comes
	 * after its cause in every queue. This order is not guaranteed for an asynchronous
	 * handler that is already running, or that another emit wakes meanwhile: the events
	 * that it emits may overtake this event in a queue that comes later in the route. It
	 * is not guaranteed either for a full queue with {@link OverflowPolicy#BLOCK}.
	 * <p>
	 * On a thread that runs out of stack or memory, this method may throw an
	 * {@code Error}, like any other call. The event is then counted as failed at the
	 * handlers that it did not reach, or it is not counted at all.
	 * @param event the name: dot-separated segments of any characters but {@code *} and
	 * commas, without spaces at its ends
	 * @param payload the payload, or {@code null}
	 * @throws IllegalArgumentException if {@code event} is null, blank or otherwise
	 * {@linkplain EventPattern#requireName invalid}
	 * @throws PayloadViolationException if a {@link PayloadCheck} rejects the payload
	 */
	void emit(String event, @Nullable Object payload);

	/**
	 * Emits an event of a declared type, so that the compiler checks the payload.
	 * @param <T> the payload type
	 * @param type the event's type
	 * @param payload the payload
	 * @throws IllegalArgumentException if {@code type} is null
	 */
	default <T> void emit(EventType<T> type, T payload) {
		if (type == null) {
			throw new IllegalArgumentException("Event type must not be null");
		}
		emit(type.name(), payload);
	}

	/**
	 * Emits an event and returns a future that completes when every handler has finished
	 * processing it. Synchronous handlers have run when this method returns.
	 * <p>
	 * The future never completes exceptionally. It completes on a thread of the router
	 * (or is complete already when this method returns), so dependent actions delay
	 * neither the emitter nor a handler. Do not wait for the future inside a handler: a
	 * handler that waits for an event in its own queue blocks itself.
	 * @param event the name
	 * @param payload the payload, or {@code null}
	 * @return the outcome, summed over all handlers
	 * @throws IllegalArgumentException if {@code event} is null, blank or otherwise
	 * {@linkplain EventPattern#requireName invalid}
	 * @throws PayloadViolationException if a {@link PayloadCheck} rejects the payload
	 */
	CompletableFuture<EmitOutcome> emitAsync(String event, @Nullable Object payload);

	/**
	 * Returns whether an event of this name would reach any handler now, to skip building
	 * a costly payload. Conditions and payload types are not evaluated.
	 * @param event the name
	 * @return {@code true} if the router is open and at least one handler, or future of
	 * {@link TelemetryRouter#next}, matches; {@code true} as long as the router holds
	 * events until its {@linkplain TelemetryRouter#start() start}
	 * @throws IllegalArgumentException if {@code event} is null, blank or otherwise
	 * {@linkplain EventPattern#requireName invalid}
	 */
	boolean hasHandlers(String event);

	/**
	 * Emits an event whose payload declares its name with {@link TelemetryEventType}.
	 * @param payload the payload
	 * @throws IllegalArgumentException if the payload is null, or its class declares no
	 * name
	 */
	default void emit(Object payload) {
		emit(EventType.nameOf(payload), payload);
	}

	/**
	 * Emits an event whose payload is built only if the event {@linkplain #hasHandlers
	 * has handlers}. This method is not an overload of {@code emit} because a supplier
	 * may itself be a payload. Exceptions thrown by the supplier propagate to the caller.
	 * @param event the name
	 * @param payload builds the payload, on the calling thread, at most once
	 * @throws IllegalArgumentException if {@code event} is null, blank or otherwise
	 * {@linkplain EventPattern#requireName invalid}
	 */
	default void emitLazily(String event, Supplier<?> payload) {
		emit(event, hasHandlers(event) ? payload.get() : null);
	}

	/**
	 * Binds a run to the calling thread, until the scope is closed. The run that is
	 * already bound to the thread becomes the parent, unless the run is known already:
	 * then its parent is unchanged.
	 * @param runId the run's id, unique to the run
	 * @return the scope, which the caller must close
	 * @throws IllegalArgumentException if {@code runId} is null or blank
	 */
	RunScope openRun(String runId);

	/**
	 * Returns an emitter of a run, for code that is not bound to one thread, such as
	 * reactive code and callbacks. The parent of the run is determined as in
	 * {@link #openRun}. The emitter need not be closed; create one for a run and share
	 * it.
	 * @param runId the run's id
	 * @return the emitter; all events that it emits belong to the run, on any thread
	 * @throws IllegalArgumentException if {@code runId} is null or blank
	 */
	TelemetryEmitter forRun(String runId);

	/**
	 * Returns an emitter of a run with a given parent. If the run is known already, its
	 * parent is unchanged.
	 * @param runId the run's id
	 * @param parentRunId the id of the run that it is nested in, or {@code null} if none
	 * @return the emitter; all events that it emits belong to the run, on any thread
	 * @throws IllegalArgumentException if {@code runId} is null or blank
	 */
	TelemetryEmitter forRun(String runId, @Nullable String parentRunId);

	/**
	 * Begins a span: emits {@code <name>.started}.
	 * @param name the span's name
	 * @param payload the payload of the started event, or {@code null}
	 * @return the span, which the caller must end
	 * @throws IllegalArgumentException if {@code name} is null, blank or otherwise
	 * {@linkplain EventPattern#requireName invalid}
	 */
	TelemetrySpan span(String name, @Nullable Object payload);

}
