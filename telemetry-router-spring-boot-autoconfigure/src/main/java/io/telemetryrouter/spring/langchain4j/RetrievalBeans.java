package io.telemetryrouter.spring.langchain4j;

import java.util.Set;

import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.rag.content.retriever.ContentRetriever;
import dev.langchain4j.rag.query.Query;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.ObjectProvider;

import io.telemetryrouter.spring.agent.ObservedBeans;

/**
 * Wraps embedding models and content retrievers that are beans in proxies that report
 * their calls. LangChain4j's own listeners are not used: adding one returns a wrapper of
 * another class, which cannot be injected by the bean's class.
 *
 * @since 0.1.0
 */
public final class RetrievalBeans extends ObservedBeans {

	private static final Set<String> ADD_LISTENERS = Set.of("addListener", "addListeners");

	private final ObjectProvider<LangChain4jTelemetry> telemetry;

	/**
	 * Creates the post-processor.
	 * @param telemetry the observer, which is looked up at each call
	 */
	public RetrievalBeans(ObjectProvider<LangChain4jTelemetry> telemetry) {
		this.telemetry = telemetry;
	}

	@Override
	protected Object observed(Object bean) {
		if (bean instanceof EmbeddingModel model) {
			return observe(bean, EmbeddingModel.class, (invocation) -> embed(invocation, model));
		}
		if (bean instanceof ContentRetriever) {
			return observe(bean, ContentRetriever.class, (invocation) -> retrieve(invocation, bean));
		}
		return bean;
	}

	private @Nullable Object embed(MethodInvocation invocation, EmbeddingModel model) throws Throwable {
		String method = invocation.getMethod().getName();
		if (ADD_LISTENERS.contains(method)) {
			Object listening = invocation.proceed();
			return (listening != null) ? observed(listening) : null;
		}
		boolean embeds = (method.equals("embed") || method.equals("embedAll")) && invocation.getArguments().length == 1;
		LangChain4jTelemetry observer = embeds ? observer() : null;
		return (observer != null) ? observer.embeddings().call(invocation, model) : invocation.proceed();
	}

	private @Nullable Object retrieve(MethodInvocation invocation, Object retriever) throws Throwable {
		String method = invocation.getMethod().getName();
		if (ADD_LISTENERS.contains(method)) {
			Object listening = invocation.proceed();
			return (listening != null) ? observed(listening) : null;
		}
		boolean retrieves = method.equals("retrieve") && invocation.getArguments().length == 1
				&& invocation.getArguments()[0] instanceof Query;
		LangChain4jTelemetry observer = retrieves ? observer() : null;
		return (observer != null) ? observer.retrievals().retrieve(invocation, retriever) : invocation.proceed();
	}

	private @Nullable LangChain4jTelemetry observer() {
		try {
			return this.telemetry.getIfAvailable();
		}
		catch (RuntimeException ex) {
			// The application context is closing or fails to start
			return null;
		}
	}

}
