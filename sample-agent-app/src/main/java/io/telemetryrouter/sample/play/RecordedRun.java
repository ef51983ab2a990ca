package io.telemetryrouter.sample.play;

import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.sample.agent.ToolRequest;

/**
 * One recorded run.
 *
 * @param runId the run's id
 * @param turns the turns, in order
 * @since 0.1.0
 */
public record RecordedRun(String runId, List<Turn> turns) {

	public RecordedRun {
		turns = List.copyOf(turns);
	}

	/**
	 * One message, with the tools' answers to it.
	 */
	public sealed interface Turn {

	}

	/**
	 * Instructions to the model.
	 *
	 * @param text the text
	 */
	public record SystemTurn(String text) implements Turn {
	}

	/**
	 * A message of the customer.
	 *
	 * @param text the text
	 */
	public record UserTurn(String text) implements Turn {
	}

	/**
	 * A response of the model.
	 *
	 * @param content the text, possibly empty
	 * @param calls the tool calls
	 */
	public record AssistantTurn(String content, List<RecordedCall> calls) implements Turn {

		public AssistantTurn {
			calls = List.copyOf(calls);
		}

	}

	/**
	 * A tool call.
	 *
	 * @param call the call
	 * @param answer the tool's answer, or {@code null} if the recording ends before it
	 */
	public record RecordedCall(ToolRequest call, @Nullable String answer) {
	}

}
