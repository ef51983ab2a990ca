package io.telemetryrouter.spring.langchain4j;

import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.TokenUsage;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ClassUtils;

import io.telemetryrouter.spring.agent.ReportedTokens;

/**
 * Reads token counts from the usage that a model reports.
 */
final class TokenUsages {

	private static final boolean OPEN_AI = ClassUtils.isPresent("dev.langchain4j.model.openai.OpenAiTokenUsage",
			TokenUsages.class.getClassLoader());

	private TokenUsages() {
	}

	static ReportedTokens of(@Nullable TokenUsage usage) {
		if (usage == null) {
			return ReportedTokens.none();
		}
		return OPEN_AI ? OpenAi.of(usage)
				: ReportedTokens.of(usage.inputTokenCount(), usage.outputTokenCount(), null, null, null);
	}

	/** Reads the only usage with details, whose classes may be absent. */
	private static final class OpenAi {

		static ReportedTokens of(TokenUsage usage) {
			Integer cached = null;
			Integer reasoning = null;
			if (usage instanceof OpenAiTokenUsage openAi) {
				cached = (openAi.inputTokensDetails() != null) ? openAi.inputTokensDetails().cachedTokens() : null;
				reasoning = (openAi.outputTokensDetails() != null) ? openAi.outputTokensDetails().reasoningTokens()
						: null;
			}
			return ReportedTokens.of(usage.inputTokenCount(), usage.outputTokenCount(), cached, null, reasoning);
		}

	}

}
