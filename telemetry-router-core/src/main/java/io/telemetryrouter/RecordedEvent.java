package io.telemetryrouter;

import java.time.Instant;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * An event that was recorded when it was emitted, as a recording gives it back.
 *
 * @since 0.1.0
 */
public interface RecordedEvent {

	/**
	 * Returns the event's name.
	 * @return the name
	 */
	String name();

	/**
	 * Returns the number of the event in its recording.
	 * @return the number
	 */
	long sequence();

	/**
	 * Returns when the event was emitted.
	 * @return the time
	 */
	Instant timestamp();

	/**
	 * Returns the id that the event had.
	 * @return the id
	 */
	UUID id();

	/**
	 * Returns the run that the event belonged to.
	 * @return the run's id or {@code null}
	 */
	@Nullable String runId();

	/**
	 * Returns the run that the event's run was nested in.
	 * @return the run's id or {@code null}
	 */
	default @Nullable String parentRunId() {
		return null;
	}

	/**
	 * Returns the event that this one was caused by.
	 * @return the id of that event or {@code null}
	 */
	@Nullable UUID causationId();

	/**
	 * Returns the payload for a handler.
	 * @param type the class that the handler asks for; {@link Object} if it takes any
	 * payload or selects its events by their payloads
	 * @return the payload, of that class if possible
	 * @throws Exception if the recording has no such payload
	 */
	@Nullable Object payload(Class<?> type) throws Exception;

}
