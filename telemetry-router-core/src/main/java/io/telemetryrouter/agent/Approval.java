package io.telemetryrouter.agent;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.TelemetryEventType;

/**
 * A decision that an agent asks a person for.
 *
 * @since 0.1.0
 */
public sealed interface Approval {

	/**
	 * Returns the payload of the start event.
	 * @return the payload
	 */
	Started started();

	/**
	 * Returns the run that the approval belongs to.
	 * @return the run
	 */
	default Run run() {
		return started().run();
	}

	/**
	 * Returns the id of the request.
	 * @return the id
	 */
	default String approvalId() {
		return started().approvalId();
	}

	/**
	 * A person was asked: event {@code approval.started}.
	 *
	 * @param run the run that the approval belongs to
	 * @param approvalId the id of the request
	 * @param subject the subject of the approval, such as the name of a tool
	 * @param request the request as the person sees it; {@code null} unless captured
	 */
	@TelemetryEventType("approval.started")
	record Started(Run run, String approvalId, @Nullable String subject,
			@Nullable Content request) implements Approval {

		@Override
		public Started started() {
			return this;
		}

	}

	/**
	 * A person decided: event {@code approval.completed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param approved whether the request was approved
	 * @param decidedBy the name of the person, or {@code null} if unknown
	 */
	@TelemetryEventType("approval.completed")
	record Completed(Started started, Duration duration, boolean approved,
			@Nullable String decidedBy) implements Approval {
	}

	/**
	 * An approval failed: event {@code approval.failed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param failure the failure
	 */
	@TelemetryEventType("approval.failed")
	record Failed(Started started, Duration duration, Failure failure) implements Approval {
	}

	/**
	 * An approval was cancelled, or not decided in time: event
	 * {@code approval.cancelled}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 */
	@TelemetryEventType("approval.cancelled")
	record Cancelled(Started started, Duration duration) implements Approval {
	}

}
