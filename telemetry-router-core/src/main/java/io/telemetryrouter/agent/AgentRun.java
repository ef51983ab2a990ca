package io.telemetryrouter.agent;

import java.time.Duration;

import io.telemetryrouter.TelemetryEventType;

/**
 * A run of an agent: one call of a chat client, an AI service or an agent written by hand
 * ({@code gen_ai.operation.name} is {@code invoke_agent}).
 *
 * @since 0.1.0
 */
public sealed interface AgentRun {

	/**
	 * Returns what was known when it started.
	 * @return the start
	 */
	Started started();

	/**
	 * Returns the run.
	 * @return the same as the start says
	 */
	default Run run() {
		return started().run();
	}

	/**
	 * What happened in a run itself; runs that it started have totals of their own.
	 *
	 * @param modelCalls model calls that ended, in any way
	 * @param toolCalls tool calls that ended, in any way
	 * @param tokens the tokens of all model calls that reported a number
	 */
	record Totals(int modelCalls, int toolCalls, Tokens tokens) {
	}

	/**
	 * A run started: event {@code agent.run.started}.
	 *
	 * @param run the run
	 * @param streaming whether the answer is streamed ({@code gen_ai.request.stream})
	 */
	@TelemetryEventType("agent.run.started")
	record Started(Run run, boolean streaming) implements AgentRun {

		@Override
		public Started started() {
			return this;
		}

	}

	/**
	 * A run completed: event {@code agent.run.completed}.
	 *
	 * @param started what was known at the start
	 * @param duration how long it took (nanosecond precision)
	 * @param totals what happened in it
	 */
	@TelemetryEventType("agent.run.completed")
	record Completed(Started started, Duration duration, Totals totals) implements AgentRun {
	}

	/**
	 * A run failed: event {@code agent.run.failed}.
	 *
	 * @param started what was known at the start
	 * @param duration how long it took (nanosecond precision)
	 * @param totals what happened in it
	 * @param failure why
	 */
	@TelemetryEventType("agent.run.failed")
	record Failed(Started started, Duration duration, Totals totals, Failure failure) implements AgentRun {
	}

	/**
	 * A run was cancelled: event {@code agent.run.cancelled}.
	 *
	 * @param started what was known at the start
	 * @param duration how long it took (nanosecond precision)
	 * @param totals what happened in it
	 */
	@TelemetryEventType("agent.run.cancelled")
	record Cancelled(Started started, Duration duration, Totals totals) implements AgentRun {
	}

}
