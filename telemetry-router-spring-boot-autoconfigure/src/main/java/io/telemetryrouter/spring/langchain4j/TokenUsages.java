package io.telemetryrouter.spring.langchain4j;

import java.lang.reflect.Method;

import dev.langchain4j.model.output.TokenUsage;
import org.jspecify.annotations.Nullable;

import org.springframework.util.ReflectionUtils;

import io.telemetryrouter.spring.agent.ReportedTokens;

/**
 * Reads token counts from the usage that a model reports. Counts of cached and of
 * reasoning tokens are in the classes of the providers, which have no common type: they
 * are read by the names of their methods.
 */
final class TokenUsages {

	private TokenUsages() {
	}

	static ReportedTokens of(@Nullable TokenUsage usage) {
		if (usage == null) {
			return ReportedTokens.none();
		}
		if (usage.getClass() == TokenUsage.class) {
			return ReportedTokens.of(usage.inputTokenCount(), usage.outputTokenCount(), usage.totalTokenCount(), null,
					null, null);
		}
		if (method(usage, "cacheReadInputTokens") != null) {
			// Anthropic, Amazon Bedrock
			Number cacheWrite = number(usage, "cacheCreationInputTokens");
			return ReportedTokens.ofUncached(usage.inputTokenCount(), usage.outputTokenCount(),
					number(usage, "cacheReadInputTokens"),
					(cacheWrite != null) ? cacheWrite : number(usage, "cacheWriteInputTokens"));
		}
		Number cacheRead = number(usage, "inputTokensDetails", "cachedTokens");
		Number reasoning = number(usage, "outputTokensDetails", "reasoningTokens");
		return ReportedTokens.of(usage.inputTokenCount(), usage.outputTokenCount(), usage.totalTokenCount(),
				(cacheRead != null) ? cacheRead : number(usage, "cachedContentTokenCount"), null,
				(reasoning != null) ? reasoning : number(usage, "thoughtsTokenCount"));
	}

	/** Calls a method, then one of its result, and so on. */
	private static @Nullable Number number(TokenUsage usage, String... methods) {
		Object value = usage;
		for (String name : methods) {
			Method method = (value != null) ? method(value, name) : null;
			value = (method != null) ? ReflectionUtils.invokeMethod(method, value) : null;
		}
		return (value instanceof Number number) ? number : null;
	}

	private static @Nullable Method method(Object object, String name) {
		return ReflectionUtils.findMethod(object.getClass(), name);
	}

}
