package io.telemetryrouter.sample.agent;

import java.util.List;

/**
 * One message of a conversation.
 *
 * @param role the role of the author
 * @param content the text
 * @param toolCalls the tool calls in the message
 * @since 0.1.0
 */
public record Message(Role role, String content, List<ToolRequest> toolCalls) {

	public Message {
		toolCalls = List.copyOf(toolCalls);
	}

	/**
	 * Returns the length of all text in the message.
	 * @return the number of characters of content and tool call arguments
	 */
	public int characters() {
		return this.content.length() + this.toolCalls.stream().mapToInt((call) -> call.arguments().length()).sum();
	}

	/**
	 * Author of a message.
	 */
	public enum Role {

		/**
		 * The customer.
		 */
		USER,

		/**
		 * The model.
		 */
		ASSISTANT,

		/**
		 * A tool.
		 */
		TOOL

	}

}
