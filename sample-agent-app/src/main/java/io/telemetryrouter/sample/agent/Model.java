package io.telemetryrouter.sample.agent;

import java.util.List;

/**
 * The language model.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Model {

	/**
	 * Answers a conversation.
	 * @param conversation the messages so far
	 * @return the response
	 */
	Response respond(Conversation conversation);

	/**
	 * A response of the model.
	 *
	 * @param content the text, possibly empty
	 * @param toolCalls the requested tool calls
	 * @param usage the tokens used
	 */
	record Response(String content, List<ToolRequest> toolCalls, TokenUsage usage) {

		public Response {
			toolCalls = List.copyOf(toolCalls);
		}

	}

}
