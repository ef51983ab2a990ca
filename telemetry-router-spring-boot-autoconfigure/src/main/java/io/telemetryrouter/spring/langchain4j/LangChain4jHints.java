package io.telemetryrouter.spring.langchain4j;

import java.util.List;
import java.util.stream.Stream;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.rag.RetrievalAugmentor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Hints for the proxies by which AI services are observed, which are not beans, and for
 * {@link TokenUsages}.
 */
final class LangChain4jHints implements RuntimeHintsRegistrar {

	private static final String PACKAGE = "dev.langchain4j.model.";

	private static final List<String> USAGES = Stream
		.of("anthropic.AnthropicTokenUsage", "bedrock.BedrockTokenUsage", "googleai.GoogleAiGeminiTokenUsage",
				"openai.OpenAiTokenUsage", "openai.OpenAiTokenUsage$InputTokensDetails",
				"openai.OpenAiTokenUsage$OutputTokensDetails", "openaiofficial.OpenAiOfficialTokenUsage",
				"openaiofficial.OpenAiOfficialTokenUsage$InputTokensDetails",
				"openaiofficial.OpenAiOfficialTokenUsage$OutputTokensDetails")
		.map(PACKAGE::concat)
		.toList();

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.proxies()
			.registerJdkProxy(ChatModel.class)
			.registerJdkProxy(StreamingChatModel.class)
			.registerJdkProxy(StreamingChatResponseHandler.class)
			.registerJdkProxy(
					AopProxyUtils.completeJdkProxyInterfaces(RetrievalAugmentor.class, RetrievalCalls.Observed.class));
		USAGES.forEach((name) -> hints.reflection()
			.registerTypeIfPresent(classLoader, name, MemberCategory.INVOKE_PUBLIC_METHODS));
	}

}
