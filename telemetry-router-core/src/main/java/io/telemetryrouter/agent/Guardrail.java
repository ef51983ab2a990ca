package io.telemetryrouter.agent;

import java.time.Duration;

import io.telemetryrouter.TelemetryEventType;

/**
 * A check of the input or the output of a model.
 *
 * @since 0.1.0
 */
public sealed interface Guardrail {

	/**
	 * Returns the payload of the start event.
	 * @return the payload
	 */
	Started started();

	/**
	 * Returns the run that the guardrail belongs to.
	 * @return the run
	 */
	default Run run() {
		return started().run();
	}

	/**
	 * Returns the name of the guardrail.
	 * @return the name
	 */
	default String name() {
		return started().name();
	}

	/**
	 * A guardrail started: event {@code guardrail.started}.
	 *
	 * @param run the run that the guardrail belongs to
	 * @param name the name of the guardrail
	 * @param input {@code true} if it checks the input of the model, {@code false} if the
	 * output
	 */
	@TelemetryEventType("guardrail.started")
	record Started(Run run, String name, boolean input) implements Guardrail {

		@Override
		public Started started() {
			return this;
		}

	}

	/**
	 * A guardrail completed its check: event {@code guardrail.completed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param passed whether the content may pass
	 */
	@TelemetryEventType("guardrail.completed")
	record Completed(Started started, Duration duration, boolean passed) implements Guardrail {
	}

	/**
	 * A guardrail failed: event {@code guardrail.failed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param failure the failure
	 */
	@TelemetryEventType("guardrail.failed")
	record Failed(Started started, Duration duration, Failure failure) implements Guardrail {
	}

	/**
	 * A guardrail was cancelled: event {@code guardrail.cancelled}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 */
	@TelemetryEventType("guardrail.cancelled")
	record Cancelled(Started started, Duration duration) implements Guardrail {
	}

}
