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
	 * Returns what was known when it started.
	 * @return the start
	 */
	Started started();

	/**
	 * Returns the run it belongs to.
	 * @return the same as the start says
	 */
	default Run run() {
		return started().run();
	}

	/**
	 * Returns the id of the request.
	 * @return the same as the start says
	 */
	default String approvalId() {
		return started().approvalId();
	}

	/**
	 * A person was asked: event {@code approval.started}.
	 *
	 * @param run the run it belongs to
	 * @param approvalId the id of the request
	 * @param subject what is to be approved, such as the name of a tool
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
	 * @param started what was known at the start
	 * @param duration how long it took (nanosecond precision)
	 * @param approved what was decided
	 * @param decidedBy who decided
	 */
	@TelemetryEventType("approval.completed")
	record Completed(Started started, Duration duration, boolean approved,
			@Nullable String decidedBy) implements Approval {
	}

	/**
	 * An approval failed: event {@code approval.failed}.
	 *
	 * @param started what was known at the start
	 * @param duration how long it took (nanosecond precision)
	 * @param failure why
	 */
	@TelemetryEventType("approval.failed")
	record Failed(Started started, Duration duration, Failure failure) implements Approval {
	}

	/**
	 * An approval was cancelled, or not decided in time: event
	 * {@code approval.cancelled}.
	 *
	 * @param started what was known at the start
	 * @param duration how long it took (nanosecond precision)
	 */
	@TelemetryEventType("approval.cancelled")
	record Cancelled(Started started, Duration duration) implements Approval {
	}

}
