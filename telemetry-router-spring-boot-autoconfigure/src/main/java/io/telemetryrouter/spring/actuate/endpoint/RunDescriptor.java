package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonRawValue;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The events of a run in the journal.
 *
 * @param runId the run's id
 * @param parentRunId the id of the run that it is nested in, or {@code null}
 * @param events its events, in the order of the journal
 * @param truncated whether it has further events
 * @param unreadable the number of damaged or missing lines of the journal, of any run
 * @since 0.1.0
 */
public record RunDescriptor(String runId, @JsonInclude(Include.NON_NULL) @Nullable String parentRunId,
		List<Event> events, boolean truncated, long unreadable) implements OperationResponseBody {

	/**
	 * An event.
	 *
	 * @param sequence the sequence number of its line
	 * @param id its id
	 * @param name its name
	 * @param timestamp the time of the emit
	 * @param causationId the id of the event that caused it
	 * @param payloadStatus {@code redacted} or {@code truncated} if the journal does not
	 * have the complete payload
	 * @param payload its payload; {@code null} unless values are shown
	 */
	@JsonInclude(Include.NON_NULL)
	public record Event(long sequence, String id, String name, Instant timestamp, @Nullable String causationId,
			@Nullable String payloadStatus, @JsonRawValue @Nullable String payload) {
	}

}
