package io.telemetryrouter.spring.langchain4j;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.rag.RetrievalAugmentor;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * Hints for the proxies by which AI services are observed, which are not beans.
 */
final class LangChain4jHints implements RuntimeHintsRegistrar {

	@Override
	public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
		hints.proxies()
			.registerJdkProxy(ChatModel.class)
			.registerJdkProxy(StreamingChatModel.class)
			.registerJdkProxy(StreamingChatResponseHandler.class)
			.registerJdkProxy(
					AopProxyUtils.completeJdkProxyInterfaces(RetrievalAugmentor.class, RetrievalCalls.Observed.class));
	}

}
