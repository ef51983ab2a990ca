package io.telemetryrouter.spring.ai;

import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.Usage;

import io.telemetryrouter.spring.agent.ReportedTokens;

/**
 * Reads token counts from the usage that a model reports.
 */
final class Usages {

	/** The providers whose input excludes cached tokens. */
	private static final Set<String> UNCACHED_INPUT = Set.of("anthropic", "aws.bedrock");

	private Usages() {
	}

	/**
	 * Returns the reported tokens.
	 * @param usage the usage of the response
	 * @param provider the provider, by the name of the conventions
	 * @param streamed a usage in the stream that has the counts of cached tokens, which
	 * Spring AI drops from the usage of a streamed response
	 */
	static ReportedTokens of(@Nullable Usage usage, @Nullable String provider, @Nullable Usage streamed) {
		if (usage == null) {
			return ReportedTokens.none();
		}
		Usage cache = (streamed != null) ? streamed : usage;
		if (provider != null && UNCACHED_INPUT.contains(provider)) {
			return ReportedTokens.ofUncached(usage.getPromptTokens(), usage.getCompletionTokens(),
					cache.getCacheReadInputTokens(), cache.getCacheWriteInputTokens());
		}
		return ReportedTokens.of(usage.getPromptTokens(), usage.getCompletionTokens(), usage.getTotalTokens(),
				cache.getCacheReadInputTokens(), cache.getCacheWriteInputTokens(), null);
	}

}
