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
	 * {@return the event's name}
	 */
	String name();

	/**
	 * {@return the payload, the very object that was emitted; {@code null} where
	 * {@code null} was emitted and the handler takes payloads of any type}
	 */
	T payload();

	/**
	 * {@return the number of this envelope, from 1, ascending in the order in which the
	 * router made them} Events that no handler needs an envelope for take no number.
	 */
	long sequence();

	/**
	 * {@return when the event was emitted: the wall-clock time at the emit, whatever
	 * happens to the clock later}
	 */
	Instant timestamp();

	/**
	 * {@return an id that is unique across routers and sorts by time (UUID version 7),
	 * derived on first use}
	 */
	UUID id();

	/**
	 * {@return the id of the run that the event belongs to, or {@code null}} That is the
	 * run of the {@linkplain RunScope scope} its emitter was in, or of the
	 * {@linkplain TelemetryEmitter#forRun(String) emitter}. What a handler emits belongs
	 * to the run of the event that it handles.
	 */
	default @Nullable String runId() {
		return null;
	}

	/**
	 * {@return the id of the run that the event's run is nested in, or {@code null} if
	 * there is none}
	 */
	default @Nullable String parentRunId() {
		return null;
	}

	/**
	 * {@return the number of this envelope in its run, from 1; 0 for an event of no run}
	 * Numbers ascend in the order in which the router made the envelopes. As with
	 * {@link #sequence()}, an event that no handler needs an envelope for takes no
	 * number. So an asynchronous handler of every event that misses a number knows that
	 * an event was dropped.
	 * <p>
	 * The router forgets a run when nothing refers to it any more: no scope, no emitter,
	 * no queued event, no captured context. A run that begins later under the same id
	 * begins at 1.
	 */
	default long runSequence() {
		return 0;
	}

	/**
	 * {@return the {@link #id()} of the event whose handler emitted this one, or
	 * {@code null} if it was not emitted by a handler}
	 */
	default @Nullable UUID causationId() {
		return null;
	}

	/**
	 * {@return the span that the event is the beginning or the end of, or {@code null}
	 * for any other event}
	 */
	default @Nullable SpanInfo span() {
		return null;
	}

	/**
	 * {@return whether the event was {@linkplain TelemetryRouter#replay replayed}: it has
	 * been emitted before, with this id and at this time, perhaps in another process}
	 */
	default boolean replayed() {
		return false;
	}

}
