package io.telemetryrouter.journal;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEvent;

/**
 * Source of the run, trace and schema of a line. Called on the appending thread, by
 * several threads at once. If a method throws an exception, the event is counted as
 * {@link LossReason#UNREADABLE_EVENT}.
 *
 * @since 0.1.0
 */
public interface EventAttributes {

	/**
	 * Returns the run that an event belongs to; by default that of the event.
	 * @param event the event
	 * @return the run's id, or {@code null} if there is none
	 */
	default @Nullable String runId(TelemetryEvent<?> event) {
		return event.runId();
	}

	/**
	 * Returns the run that the event's run is nested in; by default that of the event.
	 * @param event the event
	 * @return the run's id, or {@code null} if there is none
	 */
	default @Nullable String parentRunId(TelemetryEvent<?> event) {
		return event.parentRunId();
	}

	/**
	 * Returns the trace that an event belongs to. By default none.
	 * @param event the event
	 * @return a {@code traceparent} of W3C Trace Context, or {@code null} if there is
	 * none
	 */
	default @Nullable String traceparent(TelemetryEvent<?> event) {
		return null;
	}

	/**
	 * Returns the schema of an event's payload. By default none.
	 * @param event the event
	 * @return a URI, or {@code null} if there is none
	 */
	default @Nullable String dataSchema(TelemetryEvent<?> event) {
		return null;
	}

}
