package io.telemetryrouter.sample.openai;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.sample.agent.Conversation;
import io.telemetryrouter.sample.agent.Model;
import io.telemetryrouter.sample.agent.TokenUsage;
import io.telemetryrouter.sample.agent.ToolRequest;
import io.telemetryrouter.sample.openai.OpenAiServer.Registration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link OpenAiServer}.
 */
@SuppressWarnings("try")
class OpenAiServerTests {

	private static final String REQUEST = """
			{"model": "gpt-4o", "user": "r1", "messages": [
				{"role": "system", "content": "not the recording's"},
				{"role": "user", "content": [{"type": "text", "text": "four"}]},
				{"role": "assistant", "content": null, "tool_calls": [
					{"id": "a", "type": "function", "function": {"name": "look", "arguments": "{}"}}]},
				{"role": "tool", "tool_call_id": "a", "content": "secret"}]}""";

	private OpenAiServer server;

	@BeforeEach
	void start() throws Exception {
		this.server = new OpenAiServer();
	}

	@AfterEach
	void close() {
		this.server.close();
	}

	@Test
	void whenRunIsKnownThenItsModelAnswersTheConversationOfTheRequest() throws Exception {
		try (Registration registration = this.server.register("r1", OpenAiServerTests::calls)) {
			HttpResponse<String> response = post(REQUEST);
			assertThat(response.statusCode()).isEqualTo(200);
			JsonNode answer = JsonMapper.shared().readTree(response.body());
			assertThat(answer.at("/model").stringValue()).isEqualTo("gpt-4o");
			assertThat(answer.at("/choices/0/finish_reason").stringValue()).isEqualTo("tool_calls");
			assertThat(answer.at("/choices/0/message/tool_calls/0/function/arguments").stringValue())
				.isEqualTo("{\"x\":1}");
			// "four", "{}" and "secret"
			assertThat(answer.at("/usage/prompt_tokens").intValue()).isEqualTo(12);
			assertThat(answer.at("/usage/total_tokens").intValue()).isEqualTo(19);
		}
	}

	@Test
	void whenRunIsUnknownOrHasEndedThenAnswerSaysSo() throws Exception {
		this.server.register("r1", OpenAiServerTests::calls).close();
		HttpResponse<String> response = post(REQUEST);
		assertThat(response.statusCode()).isEqualTo(404);
		assertThat(response.body()).contains("No such run");
	}

	@Test
	void whenRequestIsMalformedOrModelFailsThenAnswerQuotesNothing() throws Exception {
		try (Registration registration = this.server.register("r1", (conversation) -> {
			throw new IllegalStateException("secret");
		})) {
			for (String request : List.of("secret", REQUEST, REQUEST.replace("assistant", "secret"))) {
				HttpResponse<String> response = post(request);
				assertThat(response.statusCode()).isEqualTo(400);
				assertThat(response.body()).contains("error").doesNotContain("secret");
			}
		}
	}

	private HttpResponse<String> post(String body) throws Exception {
		return HttpClient.newHttpClient()
			.send(HttpRequest.newBuilder(URI.create(this.server.baseUrl() + "/chat/completions"))
				.POST(BodyPublishers.ofString(body))
				.build(), BodyHandlers.ofString());
	}

	private static Model.Response calls(Conversation conversation) {
		return new Model.Response("", List.of(new ToolRequest("b", "look", "{\"x\":1}")),
				new TokenUsage(conversation.characters(), 7, true));
	}

}
