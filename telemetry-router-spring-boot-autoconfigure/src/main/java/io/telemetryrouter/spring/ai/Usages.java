package io.telemetryrouter.spring.ai;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.metadata.Usage;

import io.telemetryrouter.spring.agent.ReportedTokens;

/**
 * Reads token counts from the usage that a model reports.
 */
final class Usages {

	private Usages() {
	}

	static ReportedTokens of(@Nullable Usage usage) {
		return (usage != null)
				? ReportedTokens.of(usage.getPromptTokens(), usage.getCompletionTokens(),
						usage.getCacheReadInputTokens(), usage.getCacheWriteInputTokens(), null)
				: ReportedTokens.none();
	}

}
