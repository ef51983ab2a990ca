package io.telemetryrouter.sample.play;

import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.sample.agent.ToolRequest;
import io.telemetryrouter.sample.play.RecordedRun.AssistantTurn;
import io.telemetryrouter.sample.play.RecordedRun.RecordedCall;
import io.telemetryrouter.sample.play.RecordedRun.SystemTurn;
import io.telemetryrouter.sample.play.RecordedRun.Turn;
import io.telemetryrouter.sample.play.RecordedRun.UserTurn;

/**
 * Parses recorded runs: {@code {"run_id": "...", "messages": [OpenAI chat messages]}}.
 * Thread-safe.
 *
 * @since 0.1.0
 */
public final class RunParser {

	private static final int MAX_RUN_ID_LENGTH = 200;

	private static final JsonMapper mapper = JsonMapper.builder()
		.enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
		.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
		.build();

	private RunParser() {
	}

	/**
	 * Parses one run.
	 * @param json the text
	 * @return the run
	 * @throws MalformedRunException if the text is not a run
	 */
	public static RecordedRun parse(String json) {
		JsonNode run = read(json);
		if (!run.isObject()) {
			throw new MalformedRunException("A run must be a JSON object with 'run_id' and 'messages'");
		}
		String runId = text(run, "run_id", "");
		if (runId.isBlank() || runId.length() > MAX_RUN_ID_LENGTH) {
			throw new MalformedRunException(
					"'run_id' must not be blank nor longer than " + MAX_RUN_ID_LENGTH + " characters");
		}
		return new RecordedRun(runId, turns(array(run, "messages", "")));
	}

	private static JsonNode read(String json) {
		try {
			return mapper.readTree(json);
		}
		catch (JacksonException ex) {
			TokenStreamLocation location = ex.getLocation();
			// The message of the exception quotes the text, so it is not used
			throw new MalformedRunException("Not valid JSON" + ((location != null)
					? " at line " + location.getLineNr() + ", column " + location.getColumnNr() : ""));
		}
	}

	private static List<Turn> turns(JsonNode messages) {
		List<PendingTurn> turns = new ArrayList<>();
		List<PendingCall> unanswered = new ArrayList<>();
		for (int i = 0; i < messages.size(); i++) {
			JsonNode message = messages.get(i);
			String path = "messages[" + i + "].";
			if (!message.isObject()) {
				throw new MalformedRunException("'messages[" + i + "]' must be an object");
			}
			switch (text(message, "role", path)) {
				case "system", "developer" -> {
					String content = content(message, path);
					turns.add(() -> new SystemTurn(content));
				}
				case "user" -> {
					String content = requiredContent(message, path);
					turns.add(() -> new UserTurn(content));
				}
				case "assistant" -> {
					String content = content(message, path);
					List<PendingCall> calls = calls(message, path);
					unanswered.addAll(calls);
					turns.add(() -> new AssistantTurn(content, calls.stream().map(PendingCall::recorded).toList()));
				}
				case "tool" -> answer(message, path, unanswered);
				default -> throw new MalformedRunException(
						"'" + path + "role' must be one of system, developer, user, assistant and tool");
			}
		}
		return turns.stream().map(PendingTurn::turn).toList();
	}

	private static List<PendingCall> calls(JsonNode message, String messagePath) {
		List<PendingCall> calls = new ArrayList<>();
		if (isMissing(message.get("tool_calls"))) {
			return calls;
		}
		JsonNode array = array(message, "tool_calls", messagePath);
		for (int i = 0; i < array.size(); i++) {
			JsonNode call = array.get(i);
			String path = messagePath + "tool_calls[" + i + "].";
			JsonNode function = call.get("function");
			if (function == null || !function.isObject()) {
				throw new MalformedRunException("'" + path + "function' must be an object");
			}
			calls.add(new PendingCall(new ToolRequest(text(call, "id", path),
					text(function, "name", path + "function."), text(function, "arguments", path + "function."))));
		}
		return calls;
	}

	/**
	 * Assigns an answer to the oldest unanswered call with its id: ids may repeat in a
	 * run.
	 */
	private static void answer(JsonNode message, String path, List<PendingCall> unanswered) {
		String id = text(message, "tool_call_id", path);
		PendingCall call = unanswered.stream()
			.filter((candidate) -> id.equals(candidate.call.id()))
			.findFirst()
			.orElseThrow(() -> new MalformedRunException(
					"'" + path + "tool_call_id' is not the id of an unanswered tool call before it"));
		call.answer = requiredContent(message, path);
		unanswered.remove(call);
	}

	private static String requiredContent(JsonNode message, String path) {
		if (isMissing(message.get("content"))) {
			throw new MalformedRunException("'" + path + "content' is missing");
		}
		return content(message, path);
	}

	/**
	 * Returns the text of a message, whose content is a string, an array of parts or
	 * missing.
	 */
	private static String content(JsonNode message, String path) {
		JsonNode content = message.get("content");
		if (isMissing(content)) {
			return "";
		}
		if (content.isString()) {
			return content.stringValue();
		}
		if (!content.isArray()) {
			throw new MalformedRunException("'" + path + "content' must be a string or an array of parts");
		}
		StringBuilder text = new StringBuilder();
		for (JsonNode part : content) {
			JsonNode partText = part.get("text");
			text.append((partText != null && partText.isString()) ? partText.stringValue() : "");
		}
		return text.toString();
	}

	private static String text(JsonNode parent, String field, String path) {
		JsonNode node = parent.get(field);
		if (node == null || !node.isString()) {
			throw new MalformedRunException("'" + path + field + "' must be a string" + butMissing(node));
		}
		return node.stringValue();
	}

	private static JsonNode array(JsonNode parent, String field, String path) {
		JsonNode node = parent.get(field);
		if (node == null || !node.isArray()) {
			throw new MalformedRunException("'" + path + field + "' must be an array" + butMissing(node));
		}
		return node;
	}

	private static String butMissing(@Nullable JsonNode node) {
		return (node == null) ? ", but is missing" : "";
	}

	private static boolean isMissing(@Nullable JsonNode node) {
		return node == null || node.isNull();
	}

	/**
	 * A turn whose tool answers are not parsed yet.
	 */
	private interface PendingTurn {

		Turn turn();

	}

	/**
	 * A call whose answer is not parsed yet.
	 */
	private static final class PendingCall {

		private final ToolRequest call;

		private @Nullable String answer;

		PendingCall(ToolRequest call) {
			this.call = call;
		}

		RecordedCall recorded() {
			return new RecordedCall(this.call, this.answer);
		}

	}

}
