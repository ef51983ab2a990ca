package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Instant;
import java.util.List;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonInclude.Include;
import com.fasterxml.jackson.annotation.JsonRawValue;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The events of a run, as the journal has them.
 *
 * @param runId the run
 * @param parentRunId the run that it is nested in, where there is one
 * @param events its events, in the order of the journal
 * @param truncated whether there are more of them
 * @param unreadable how many lines of the journal, of whatever run, are damaged or
 * missing
 * @since 0.1.0
 */
public record RunDescriptor(String runId, @JsonInclude(Include.NON_NULL) @Nullable String parentRunId,
		List<Event> events, boolean truncated, long unreadable) implements OperationResponseBody {

	/**
	 * An event.
	 *
	 * @param sequence the number of its line
	 * @param id its id
	 * @param name its name
	 * @param timestamp when it was emitted
	 * @param causationId the id of the event that caused it
	 * @param payloadStatus {@code redacted} or {@code truncated}, if the journal has not
	 * all of the payload
	 * @param payload its payload, only where values are shown
	 */
	@JsonInclude(Include.NON_NULL)
	public record Event(long sequence, String id, String name, Instant timestamp, @Nullable String causationId,
			@Nullable String payloadStatus, @JsonRawValue @Nullable String payload) {
	}

}
