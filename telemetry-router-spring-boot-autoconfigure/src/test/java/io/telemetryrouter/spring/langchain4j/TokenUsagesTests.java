package io.telemetryrouter.spring.langchain4j;

import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.openai.OpenAiTokenUsage.InputTokensDetails;
import dev.langchain4j.model.openai.OpenAiTokenUsage.OutputTokensDetails;
import dev.langchain4j.model.output.TokenUsage;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.agent.Tokens;
import io.telemetryrouter.spring.agent.ReportedTokens;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link TokenUsages}, with usages that have the methods of those of the
 * providers.
 */
class TokenUsagesTests {

	@Test
	void whenUsageIsThatOfNoProviderThenItHasNoDetails() {
		assertThat(TokenUsages.of(null)).isEqualTo(ReportedTokens.none());
		assertThat(TokenUsages.of(new TokenUsage(10, 5)).tokens()).isEqualTo(new Tokens(10, 5));
		assertThat(TokenUsages.of(new TokenUsage(10, 5, 115)).tokens())
			.isEqualTo(new Tokens(10, 105, null, null, 100L));
	}

	@Test
	void whenUsageIsThatOfOpenAiThenItIncludesItsDetails() {
		assertThat(TokenUsages
			.of(OpenAiTokenUsage.builder()
				.inputTokenCount(10)
				.inputTokensDetails(InputTokensDetails.builder().cachedTokens(4).build())
				.outputTokenCount(5)
				.outputTokensDetails(OutputTokensDetails.builder().reasoningTokens(2).build())
				.totalTokenCount(15)
				.build())
			.tokens()).isEqualTo(new Tokens(10, 5, 4L, null, 2L));
		assertThat(TokenUsages.of(OpenAiTokenUsage.builder().inputTokenCount(10).outputTokenCount(5).build()).tokens())
			.isEqualTo(new Tokens(10, 5));
	}

	@Test
	void whenUsageIsThatOfAnthropicThenCachedTokensAreInput() {
		assertThat(TokenUsages.of(new LikeAnthropic()).tokens()).isEqualTo(new Tokens(5320, 7, 5000L, 300L, null));
	}

	@Test
	void whenUsageIsThatOfBedrockThenCachedTokensAreInput() {
		assertThat(TokenUsages.of(new LikeBedrock()).tokens()).isEqualTo(new Tokens(5320, 7, 5000L, 300L, null));
	}

	@Test
	void whenUsageIsThatOfGeminiThenThoughtsAreOutput() {
		assertThat(TokenUsages.of(new LikeGemini()).tokens()).isEqualTo(new Tokens(10, 105, 4L, null, 100L));
	}

	/** Has the methods of {@code AnthropicTokenUsage}. */
	public static final class LikeAnthropic extends TokenUsage {

		LikeAnthropic() {
			super(20, 7);
		}

		public Integer cacheReadInputTokens() {
			return 5000;
		}

		public Integer cacheCreationInputTokens() {
			return 300;
		}

	}

	/** Has the methods of {@code BedrockTokenUsage}. */
	public static final class LikeBedrock extends TokenUsage {

		LikeBedrock() {
			super(20, 7, 5327);
		}

		public Integer cacheReadInputTokens() {
			return 5000;
		}

		public Integer cacheWriteInputTokens() {
			return 300;
		}

	}

	/** Has the methods of {@code GoogleAiGeminiTokenUsage}. */
	public static final class LikeGemini extends TokenUsage {

		LikeGemini() {
			super(10, 5, 115);
		}

		public Integer cachedContentTokenCount() {
			return 4;
		}

		public Integer thoughtsTokenCount() {
			return 100;
		}

	}

}
