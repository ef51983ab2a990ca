package io.telemetryrouter;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * An event in its immutable envelope. All handlers of an emit share one envelope, which
 * is created only if a handler needs it.
 *
 * @param <T> the payload type
 * @since 0.1.0
 */
public interface TelemetryEvent<T extends @Nullable Object> {

	/**
	 * {@return the event's name}
	 */
	String name();

	/**
	 * {@return the payload: the object that was emitted, unless it was
	 * {@linkplain HandlerSpec.Builder#convert converted} or read back from a recording;
	 * {@code null} if {@code null} was emitted and the handler takes payloads of any
	 * type}
	 */
	T payload();

	/**
	 * {@return the number of this envelope, from 1, ascending in the order in which the
	 * router created envelopes} An event for which no handler needs an envelope has no
	 * number.
	 */
	long sequence();

	/**
	 * {@return when the event was emitted: the wall-clock time of the emit, unaffected by
	 * later changes of the clock}
	 */
	Instant timestamp();

	/**
	 * {@return an id that is unique across routers and sorts by time (UUID version 7),
	 * derived on first use}
	 */
	UUID id();

	/**
	 * {@return the id of the run that the event belongs to, or {@code null}} The run is
	 * that of the {@linkplain RunScope scope} on the emitting thread, or that of the
	 * {@linkplain TelemetryEmitter#forRun(String) emitter}. Events emitted by a handler
	 * belong to the run of the event that it handles.
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
	 * Numbers ascend in the order in which the router created the envelopes. As with
	 * {@link #sequence()}, an event for which no handler needs an envelope has no number.
	 * For an asynchronous handler of every event, a missing number therefore means that
	 * an event was dropped.
	 * <p>
	 * The router discards a run that is no longer referenced by a scope, an emitter, a
	 * queued event or a captured context. A later run with the same id begins at 1.
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
	 * {@return the span that the event begins or ends, or {@code null} for any other
	 * event}
	 */
	default @Nullable SpanInfo span() {
		return null;
	}

	/**
	 * {@return whether the event was {@linkplain TelemetryRouter#replay replayed}: it was
	 * emitted before, with this id and at this time, possibly in another process}
	 */
	default boolean replayed() {
		return false;
	}

}
