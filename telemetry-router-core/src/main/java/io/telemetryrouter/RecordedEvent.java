package io.telemetryrouter;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * An event that was recorded when it was emitted, as read from the recording.
 *
 * @since 0.1.0
 */
public interface RecordedEvent {

	/**
	 * {@return the event's name}
	 */
	String name();

	/**
	 * {@return the number of the event in its recording}
	 */
	long sequence();

	/**
	 * {@return when the event was emitted}
	 */
	Instant timestamp();

	/**
	 * {@return the id that the event had when it was emitted}
	 */
	UUID id();

	/**
	 * {@return the id of the run that the event belonged to, or {@code null}}
	 */
	@Nullable String runId();

	/**
	 * {@return the id of the run that the event's run was nested in, or {@code null}}
	 */
	default @Nullable String parentRunId() {
		return null;
	}

	/**
	 * {@return the id of the event that this one was caused by, or {@code null}}
	 */
	@Nullable UUID causationId();

	/**
	 * Returns the payload for a handler.
	 * @param type the class of the payloads that the handler takes; {@link Object} if it
	 * takes any payload or selects its events by payload type
	 * @return the payload, of that class if possible
	 * @throws Exception if the recording has no such payload
	 */
	@Nullable Object payload(Class<?> type) throws Exception;

}
