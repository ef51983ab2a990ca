package io.telemetryrouter.sample.agent;

import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The language model.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Model {

	/**
	 * Answers a conversation.
	 * @param conversation what has been said so far
	 * @return the response, or {@code null} when it is the customer's turn
	 */
	@Nullable Response respond(Conversation conversation);

	/**
	 * A response of the model.
	 *
	 * @param content the text, possibly empty
	 * @param toolCalls the tool calls it asks for
	 * @param usage the tokens used
	 */
	record Response(String content, List<ToolCall> toolCalls, TokenUsage usage) {

		public Response {
			toolCalls = List.copyOf(toolCalls);
		}

	}

}
