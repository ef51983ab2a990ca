package io.telemetryrouter.spring.agent;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.telemetryrouter.agent.Tokens;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ReportedTokens} and {@link GenAiNames}.
 */
class ReportedTokensTests {

	@Test
	void whenNumbersArePlausibleThenTheyAreTokens() {
		assertThat(ReportedTokens.of(10, 5, 15, 4, null, 2L).tokens()).isEqualTo(new Tokens(10, 5, 4L, null, 2L));
		assertThat(ReportedTokens.of(10, null, null, null, null, null).tokens()).isEqualTo(new Tokens(10, 0));
	}

	@Test
	void whenTotalExceedsInputAndOutputThenTheRestIsReasoning() {
		assertThat(ReportedTokens.of(10, 5, 115, null, null, null).tokens())
			.isEqualTo(new Tokens(10, 105, null, null, 100L));
		assertThat(ReportedTokens.of(10, 5, 115, null, null, 80).tokens())
			.isEqualTo(new Tokens(10, 105, null, null, 80L));
		assertThat(ReportedTokens.of(10, 5, 3, null, null, null).tokens()).isEqualTo(new Tokens(10, 5));
		assertThat(ReportedTokens.of(10, 5, 100_000_016, null, null, null).tokens()).isNull();
		assertThat(ReportedTokens.of(-10, 5, 100, null, null, null).tokens()).isNull();
		assertThat(ReportedTokens.of(10, -5, 100, null, null, null).tokens()).isNull();
	}

	@Test
	void whenInputExcludesCachedTokensThenTheyAreAdded() {
		assertThat(ReportedTokens.ofUncached(20, 7, 5000, 300).tokens())
			.isEqualTo(new Tokens(5320, 7, 5000L, 300L, null));
		assertThat(ReportedTokens.ofUncached(20, 7, null, null).tokens()).isEqualTo(new Tokens(20, 7));
		assertThat(ReportedTokens.ofUncached(null, 0, null, 0)).isEqualTo(ReportedTokens.none());
		assertThat(ReportedTokens.ofUncached(20, 7, -1, null).tokens()).isNull();
		assertThat(ReportedTokens.ofUncached(-1, 7, 5000, null).tokens()).as("negative").isNull();
	}

	@ParameterizedTest
	@CsvSource(delimiter = '|', nullValues = "-", textBlock = """
			-          | -  | -  | -  | - | not reported
			0          | 0  | -  | -  | - | not reported
			-1         | 5  | -  | -  | - | input -1, output 5
			5          | -1 | -  | -  | - | input 5, output -1
			100000001  | 1  | -  | -  | - | input 100000001, output 1
			10         | 1  | 11 | -  | - | input 10, of that cached 11, null
			10         | 1  | -1 | -  | - | input 10, of that cached -1, null
			10         | 1  | -  | 11 | - | input 10, of that cached null, 11
			10         | 1  | -  | -  | 2 | output 1, of that reasoning 2
			""")
	void whenNumbersAreNotPlausibleThenThereAreNoTokens(@Nullable Long input, @Nullable Long output,
			@Nullable Long cacheRead, @Nullable Long cacheWrite, @Nullable Long reasoning, String problem) {
		assertThat(ReportedTokens.of(input, output, null, cacheRead, cacheWrite, reasoning))
			.isEqualTo(new ReportedTokens(null, problem));
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-",
			value = { "OPEN_AI,openai", "openai,openai", "AMAZON_BEDROCK,aws.bedrock", "AZURE_OPEN_AI,azure.ai.openai",
					"GOOGLE_AI_GEMINI,gcp.gemini", "GOOGLE_GENAI,gcp.gen_ai", "GOOGLE_VERTEX_AI_GEMINI,gcp.vertex_ai",
					"ANTHROPIC,anthropic", "bedrock_converse,aws.bedrock", "OTHER,-", "-,-" })
	void whenProviderIsNamedThenTheWordOfTheConventionsIsUsed(@Nullable String provider, @Nullable String expected) {
		assertThat(GenAiNames.provider(provider)).isEqualTo(expected);
	}

	@ParameterizedTest
	@CsvSource(nullValues = "-", value = { "STOP,stop", "TOOL_CALLS,tool_calls", "TOOL_EXECUTION,tool_calls",
			"tool_use,tool_calls", "CONTENT_FILTER,content_filter", "'',-", "-,-" })
	void whenModelStoppedThenReasonIsInLowerCase(@Nullable String reason, @Nullable String expected) {
		assertThat(GenAiNames.finishReason(reason)).isEqualTo(expected);
	}

}
