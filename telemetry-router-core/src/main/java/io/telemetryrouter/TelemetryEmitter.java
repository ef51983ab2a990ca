package io.telemetryrouter;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

/**
 * Emits events. An agent loop needs no more of the router.
 * <p>
 * Safe for use by any number of threads. Whatever a handler throws is caught and counted,
 * and never reaches the caller. Synchronous handlers run on the calling thread, in the
 * order of their route, and take the caller's time. Asynchronous handlers never run on
 * the calling thread. The caller does not wait for them, unless the queue of one is full
 * and its overflow policy is {@link OverflowPolicy#BLOCK}, and then for a bounded time.
 *
 * @since 0.1.0
 */
public interface TelemetryEmitter {

	/**
	 * Emits an event to every handler registered when this call begins. The payload is
	 * handed over as it is, never copied; give an immutable one.
	 * <p>
	 * The event is queued for all asynchronous handlers before any of them is woken for
	 * it, and before synchronous handlers run. So an event that a synchronous handler
	 * emits, or an asynchronous one that this call wakes, comes after its cause in every
	 * queue. There is no such promise for an asynchronous handler that is already at
	 * work, or that another emit wakes meanwhile: what it emits may overtake this event
	 * in a queue that comes later in the route. Neither is there one for a queue that is
	 * full with {@link OverflowPolicy#BLOCK}.
	 * <p>
	 * On a thread that has no stack or memory left, this method may fail with an
	 * {@code Error}, as any call may. The event is then counted as failed at the handlers
	 * that it did not reach, or it is not counted at all.
	 * @param event the name: dot-separated segments of any characters but {@code *} and
	 * commas, without spaces at its ends
	 * @param payload the payload, or {@code null}
	 * @throws IllegalArgumentException if {@code event} is null, blank or otherwise
	 * {@linkplain EventPattern#requireName no name}
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
	 * with it. Synchronous handlers have run when this method returns.
	 * <p>
	 * The future never completes exceptionally. It completes on a thread of the router
	 * (or is complete already when this method returns), so dependent actions hold up
	 * neither the emitter nor a handler. Do not wait for it inside a handler: an event
	 * that waits in the queue of the very handler that waits for it will not be handled.
	 * @param event the name
	 * @param payload the payload, or {@code null}
	 * @return the outcome, summed over all handlers
	 * @throws IllegalArgumentException if {@code event} is null, blank or otherwise
	 * {@linkplain EventPattern#requireName no name}
	 */
	CompletableFuture<EmitOutcome> emitAsync(String event, @Nullable Object payload);

	/**
	 * Returns whether an event of this name would reach any handler now, to skip building
	 * a costly payload. Conditions and payload types are not looked at.
	 * @param event the name
	 * @return {@code true} if the router is open and at least one handler, or future of
	 * {@link TelemetryRouter#next}, matches; {@code true} as long as the router holds
	 * events until its {@linkplain TelemetryRouter#start() start}
	 * @throws IllegalArgumentException if {@code event} is null, blank or otherwise
	 * {@linkplain EventPattern#requireName no name}
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
	 * Emits an event whose payload is built only if somebody listens. It has a name of
	 * its own, and is no overload of {@code emit}, because a supplier may be a payload,
	 * too. Whatever the supplier throws reaches the caller, whose code it is.
	 * @param event the name
	 * @param payload builds the payload, on the calling thread, at most once
	 * @throws IllegalArgumentException if {@code event} is null or blank
	 */
	default void emitLazily(String event, Supplier<?> payload) {
		emit(event, hasHandlers(event) ? payload.get() : null);
	}

	/**
	 * Binds a run to the calling thread, until the scope is closed. A run that is open in
	 * the thread already is the parent, unless the run is known and has one.
	 * @param runId the run's id, unique to the run
	 * @return the scope, to be closed by the same thread
	 * @throws IllegalArgumentException if {@code runId} is null or blank
	 */
	RunScope openRun(String runId);

	/**
	 * Returns an emitter of a run, for code without a thread of its own, such as reactive
	 * code and callbacks. Its parent is found as by {@link #openRun}. The emitter needs
	 * no closing; make one for a run and share it.
	 * @param runId the run's id
	 * @return the emitter; all that it emits belongs to the run, whatever the thread
	 * @throws IllegalArgumentException if {@code runId} is null or blank
	 */
	TelemetryEmitter forRun(String runId);

	/**
	 * Returns an emitter of a run with a given parent. The first parent of a run holds.
	 * @param runId the run's id
	 * @param parentRunId the id of the run that it is nested in, or {@code null} if none
	 * @return the emitter; all that it emits belongs to the run, whatever the thread
	 * @throws IllegalArgumentException if {@code runId} is null or blank
	 */
	TelemetryEmitter forRun(String runId, @Nullable String parentRunId);

	/**
	 * Begins a span: emits {@code <name>.started}.
	 * @param name the span's name
	 * @param payload the payload of the started event, or {@code null}
	 * @return the span, to be ended
	 * @throws IllegalArgumentException if {@code name} is null or blank
	 */
	TelemetrySpan span(String name, @Nullable Object payload);

}
