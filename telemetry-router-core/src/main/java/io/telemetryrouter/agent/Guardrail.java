package io.telemetryrouter.agent;

import java.time.Duration;

import io.telemetryrouter.TelemetryEventType;

/**
 * A check of what goes into a model or comes out of it.
 *
 * @since 0.1.0
 */
public sealed interface Guardrail {

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
	 * Returns the name of the guardrail.
	 * @return the same as the start says
	 */
	default String name() {
		return started().name();
	}

	/**
	 * A guardrail started: event {@code guardrail.started}.
	 *
	 * @param run the run it belongs to
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
	 * A guardrail came to a result: event {@code guardrail.completed}.
	 *
	 * @param started what was known at the start
	 * @param duration how long it took (nanosecond precision)
	 * @param passed whether the content may pass
	 */
	@TelemetryEventType("guardrail.completed")
	record Completed(Started started, Duration duration, boolean passed) implements Guardrail {
	}

	/**
	 * A guardrail failed: event {@code guardrail.failed}.
	 *
	 * @param started what was known at the start
	 * @param duration how long it took (nanosecond precision)
	 * @param failure why
	 */
	@TelemetryEventType("guardrail.failed")
	record Failed(Started started, Duration duration, Failure failure) implements Guardrail {
	}

	/**
	 * A guardrail was cancelled: event {@code guardrail.cancelled}.
	 *
	 * @param started what was known at the start
	 * @param duration how long it took (nanosecond precision)
	 */
	@TelemetryEventType("guardrail.cancelled")
	record Cancelled(Started started, Duration duration) implements Guardrail {
	}

}
