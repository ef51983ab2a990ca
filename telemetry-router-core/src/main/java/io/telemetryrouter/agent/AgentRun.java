package io.telemetryrouter.agent;

import java.time.Duration;

import io.telemetryrouter.TelemetryEventType;

/**
 * A run of an agent: one call of a chat client, an AI service or a hand-written agent
 * ({@code gen_ai.operation.name} is {@code invoke_agent}).
 *
 * @since 0.1.0
 */
public sealed interface AgentRun {

	/**
	 * Returns the payload of the start event.
	 * @return the payload
	 */
	Started started();

	/**
	 * Returns the run.
	 * @return the run
	 */
	default Run run() {
		return started().run();
	}

	/**
	 * Totals of a run, without those of the runs that it started.
	 *
	 * @param modelCalls the number of ended model calls, with any outcome
	 * @param toolCalls the number of ended tool calls, with any outcome
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
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param totals the totals of the run
	 */
	@TelemetryEventType("agent.run.completed")
	record Completed(Started started, Duration duration, Totals totals) implements AgentRun {
	}

	/**
	 * A run failed: event {@code agent.run.failed}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param totals the totals of the run
	 * @param failure the failure
	 */
	@TelemetryEventType("agent.run.failed")
	record Failed(Started started, Duration duration, Totals totals, Failure failure) implements AgentRun {
	}

	/**
	 * A run was cancelled: event {@code agent.run.cancelled}.
	 *
	 * @param started the payload of the start event
	 * @param duration the elapsed time, with nanosecond precision
	 * @param totals the totals of the run
	 */
	@TelemetryEventType("agent.run.cancelled")
	record Cancelled(Started started, Duration duration, Totals totals) implements AgentRun {
	}

}
