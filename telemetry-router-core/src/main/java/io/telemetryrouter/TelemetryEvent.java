package io.telemetryrouter;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * An event in its immutable envelope. One envelope is shared by all handlers of an emit,
 * and only made when a handler needs it.
 *
 * @param <T> the payload type
 * @since 0.1.0
 */
public interface TelemetryEvent<T> {

	/**
	 * Returns the event's name.
	 * @return the name
	 */
	String name();

	/**
	 * Returns the payload, the very object that was emitted.
	 * @return the payload; {@code null} where {@code null} was emitted and the handler
	 * takes payloads of any type
	 */
	T payload();

	/**
	 * Returns the number of this envelope, ascending in the order in which the router
	 * made them. Events that no handler needs an envelope for take no number.
	 * @return the sequence number, from 1
	 */
	long sequence();

	/**
	 * Returns when the event was emitted: the wall-clock time at the emit, whatever
	 * happens to the clock later.
	 * @return the time of the emit
	 */
	Instant timestamp();

	/**
	 * Returns an id that is unique across routers and sorts by time (UUID version 7),
	 * derived on first use.
	 * @return the id
	 */
	UUID id();

	/**
	 * Returns the run that the event belongs to: that of the {@linkplain RunScope scope}
	 * its emitter was in, or of the {@linkplain TelemetryEmitter#forRun(String) emitter}.
	 * What a handler emits belongs to the run of the event that it handles.
	 * @return the run's id, or {@code null}
	 */
	default @Nullable String runId() {
		return null;
	}

	/**
	 * Returns the run that the event's run is nested in.
	 * @return the id, or {@code null} if there is none
	 */
	default @Nullable String parentRunId() {
		return null;
	}

	/**
	 * Returns the number of this envelope in its run: 1, 2, 3 and so on, in the order in
	 * which the router made them. As with {@link #sequence()}, an event that no handler
	 * needs an envelope for takes no number. So an asynchronous handler of every event
	 * that misses a number knows that an event was dropped.
	 * <p>
	 * The router forgets a run when nothing refers to it any more: no scope, no emitter,
	 * no queued event, no captured context. A run that begins later under the same id
	 * begins at 1.
	 * @return the number, from 1; 0 for an event of no run
	 */
	default long runSequence() {
		return 0;
	}

	/**
	 * Returns the event that this one was caused by.
	 * @return the {@link #id()} of the event whose handler emitted this one, or
	 * {@code null} if it was not emitted by a handler
	 */
	default @Nullable UUID causationId() {
		return null;
	}

	/**
	 * Returns the span that the event is the beginning or the end of.
	 * @return the span, or {@code null} for any other event
	 */
	default @Nullable SpanInfo span() {
		return null;
	}

	/**
	 * Returns whether the event was {@linkplain TelemetryRouter#replay replayed}: it has
	 * been emitted before, with this id and at this time, perhaps in another process.
	 * @return {@code true} if it was
	 */
	default boolean replayed() {
		return false;
	}

}
