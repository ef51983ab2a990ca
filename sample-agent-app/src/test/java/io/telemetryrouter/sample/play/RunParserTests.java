package io.telemetryrouter.sample.play;

import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.sample.agent.ToolRequest;
import io.telemetryrouter.sample.play.RecordedRun.AssistantTurn;
import io.telemetryrouter.sample.play.RecordedRun.RecordedCall;
import io.telemetryrouter.sample.play.RecordedRun.SystemTurn;
import io.telemetryrouter.sample.play.RecordedRun.UserTurn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

/**
 * Tests for {@link RunParser}.
 */
class RunParserTests {

	private static final String CALL = """
			{"id": "a", "type": "function", "function": {"name": "look", "arguments": "{}"}}""";

	@Test
	void whenRunIsWellFormedThenToolAnswersBelongToTheirCalls() {
		RecordedRun run = RunParser.parse("""
				{"run_id": "r", "messages": [
					{"role": "system", "content": "Be kind"},
					{"role": "user", "content": "Hi"},
					{"role": "assistant", "content": null, "tool_calls": [%1$s, %1$s]},
					{"role": "tool", "tool_call_id": "a", "name": "look", "content": "first"},
					{"role": "tool", "tool_call_id": "a", "name": "look", "content": "second"},
					{"role": "assistant", "content": "Bye", "tool_calls": null}]}""".formatted(CALL));
		ToolRequest call = new ToolRequest("a", "look", "{}");
		assertThat(run.runId()).isEqualTo("r");
		assertThat(run.turns()).containsExactly(new SystemTurn("Be kind"), new UserTurn("Hi"),
				new AssistantTurn("", List.of(new RecordedCall(call, "first"), new RecordedCall(call, "second"))),
				new AssistantTurn("Bye", List.of()));
	}

	@Test
	void whenRecordingEndsBeforeToolAnswersThenCallHasNone() {
		RecordedRun run = RunParser.parse("""
				{"run_id": "r", "messages": [{"role": "assistant", "tool_calls": [%s]}]}""".formatted(CALL));
		assertThat(((AssistantTurn) run.turns().get(0)).calls()).singleElement()
			.satisfies((call) -> assertThat(call.answer()).isNull());
	}

	@Test
	void whenContentHasPartsThenTheirTextsCount() {
		RecordedRun run = RunParser.parse("""
				{"run_id": "r", "messages": [{"role": "user", "content": [
					{"type": "text", "text": "one "}, {"type": "image_url"}, {"type": "text", "text": "two"}]}]}""");
		assertThat(run.turns()).containsExactly(new UserTurn("one two"));
	}

	@ParameterizedTest
	@ValueSource(strings = { "", "{", "{\"run_id\": \"r\"} {}", "secret", "{\"run_id\": \"r\", \"run_id\": \"r\"}",
			"{\"run_id\": \"r\", \"messages\": [{\"role\": \"user\", \"content\": \"secret" })
	void whenTextIsNotJsonThenProblemSaysSoAndQuotesNothing(String json) {
		assertThatExceptionOfType(MalformedRunException.class).isThrownBy(() -> RunParser.parse(json))
			.satisfies((ex) -> assertThat(ex.problem()).containsAnyOf("Not valid JSON", "JSON object")
				.doesNotContain("secret"));
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', quoteCharacter = '`',
			textBlock = """
					[]                                                              | A run must be a JSON object
					{"messages": []}                                                | 'run_id' must be a string, but is missing
					{"run_id": 7, "messages": []}                                   | 'run_id' must be a string
					{"run_id": " ", "messages": []}                                 | 'run_id' must not be blank
					{"run_id": "r"}                                                 | 'messages' must be an array, but is missing
					{"run_id": "r", "messages": {}}                                 | 'messages' must be an array
					{"run_id": "r", "messages": ["secret"]}                         | 'messages[0]' must be an object
					{"run_id": "r", "messages": [{"content": "secret"}]}            | 'messages[0].role' must be a string, but is missing
					{"run_id": "r", "messages": [{"role": "secret"}]}               | 'messages[0].role' must be one of
					{"run_id": "r", "messages": [{"role": "user"}]}                 | 'messages[0].content' is missing
					{"run_id": "r", "messages": [{"role": "user", "content": 5}]}   | 'messages[0].content' must be a string or
					{"run_id": "r", "messages": [{"role": "tool", "tool_call_id": "secret", "content": ""}]} | 'messages[0].tool_call_id' is not the id of
					{"run_id": "r", "messages": [{"role": "assistant", "tool_calls": {}}]} | 'messages[0].tool_calls' must be an array
					{"run_id": "r", "messages": [{"role": "assistant", "tool_calls": ["secret"]}]} | 'messages[0].tool_calls[0].function' must be an object
					{"run_id": "r", "messages": [{"role": "assistant", "tool_calls": [{"id": "a", "function": {"name": "secret"}}]}]} | 'messages[0].tool_calls[0].function.arguments' must be a string
					""")
	void whenFieldIsWrongThenProblemNamesItAndQuotesNothing(String json, String problem) {
		assertThatExceptionOfType(MalformedRunException.class).isThrownBy(() -> RunParser.parse(json))
			.satisfies((ex) -> assertThat(ex.problem()).startsWith(problem).doesNotContain("secret"));
	}

}
