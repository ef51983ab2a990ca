package io.telemetryrouter.sample.openai;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

import io.telemetryrouter.sample.agent.Conversation;
import io.telemetryrouter.sample.agent.Message;
import io.telemetryrouter.sample.agent.Message.Role;
import io.telemetryrouter.sample.agent.Model;
import io.telemetryrouter.sample.agent.ToolRequest;

/**
 * Reads and writes the JSON of OpenAI's chat completions.
 */
final class ChatCompletions {

	private static final JsonMapper mapper = JsonMapper.shared();

	private ChatCompletions() {
	}

	static JsonNode read(InputStream request) {
		return mapper.readTree(request);
	}

	/**
	 * Returns the conversation that a request contains.
	 */
	static Conversation conversation(JsonNode request) {
		Conversation conversation = new Conversation();
		for (JsonNode message : request.path("messages")) {
			if (message.path("role").asString("").equals("system")) {
				// Spring AI sends an empty system message; the recording has its own
				continue;
			}
			List<ToolRequest> calls = new ArrayList<>();
			for (JsonNode call : message.path("tool_calls")) {
				JsonNode function = call.path("function");
				calls.add(new ToolRequest(call.path("id").asString(), function.path("name").asString(),
						function.path("arguments").asString()));
			}
			conversation.add(new Message(role(message), text(message.path("content")), calls));
		}
		return conversation;
	}

	private static Role role(JsonNode message) {
		return switch (message.path("role").asString("")) {
			case "user" -> Role.USER;
			case "assistant" -> Role.ASSISTANT;
			case "tool" -> Role.TOOL;
			default -> throw new IllegalArgumentException("Unexpected role");
		};
	}

	private static String text(JsonNode content) {
		if (!content.isArray()) {
			return content.asString("");
		}
		StringBuilder text = new StringBuilder();
		content.forEach((part) -> text.append(part.path("text").asString("")));
		return text.toString();
	}

	static byte[] write(JsonNode request, Model.Response response) {
		ObjectNode answer = mapper.createObjectNode()
			.put("id", "chatcmpl-recorded")
			.put("object", "chat.completion")
			.put("created", 0)
			.put("model", request.path("model").asString());
		ObjectNode choice = answer.putArray("choices").addObject().put("index", 0);
		ObjectNode message = choice.putObject("message").put("role", "assistant");
		List<ToolRequest> calls = response.toolCalls();
		message.put("content", (response.content().isEmpty() && !calls.isEmpty()) ? null : response.content());
		if (!calls.isEmpty()) {
			ArrayNode array = message.putArray("tool_calls");
			calls.forEach((call) -> array.addObject()
				.put("id", call.id())
				.put("type", "function")
				.putObject("function")
				.put("name", call.tool())
				.put("arguments", call.arguments()));
		}
		choice.put("finish_reason", calls.isEmpty() ? "stop" : "tool_calls");
		answer.putObject("usage")
			.put("prompt_tokens", response.usage().prompt())
			.put("completion_tokens", response.usage().completion())
			.put("total_tokens", response.usage().prompt() + response.usage().completion());
		return mapper.writeValueAsBytes(answer);
	}

	static byte[] error(String message) {
		ObjectNode answer = mapper.createObjectNode();
		answer.putObject("error").put("message", message);
		return mapper.writeValueAsBytes(answer);
	}

}
