package io.telemetryrouter.spring.langchain4j;

import java.util.Collection;
import java.util.function.Supplier;

import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.rag.AugmentationRequest;
import dev.langchain4j.rag.AugmentationResult;
import dev.langchain4j.rag.RetrievalAugmentor;
import dev.langchain4j.rag.query.Metadata;
import dev.langchain4j.rag.query.Query;
import dev.langchain4j.service.AiServiceContext;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

import org.springframework.aop.framework.ProxyFactory;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.agent.Retrieval;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;

/**
 * Reports retrievals: one for each augmentation of an AI service's request, regardless of
 * the number of retrievers, and one for each call of a retriever outside of AI services.
 */
final class RetrievalCalls {

	private final AgentTelemetry telemetry;

	private final AiServiceRuns runs;

	private final SurroundedCalls calls;

	RetrievalCalls(AgentTelemetry telemetry, AiServiceRuns runs) {
		this.telemetry = telemetry;
		this.runs = runs;
		this.calls = new SurroundedCalls(telemetry);
	}

	/**
	 * Observes the augmentor of an AI service. The augmentor is set after the creation of
	 * the service's context and before its first call.
	 */
	void observe(AiServiceContext context) {
		RetrievalAugmentor augmentor = context.retrievalAugmentor;
		if (augmentor == null || augmentor instanceof Observed) {
			return;
		}
		ProxyFactory factory = new ProxyFactory(RetrievalAugmentor.class, Observed.class);
		factory.setTarget(augmentor);
		factory.addAdvice((MethodInterceptor) (invocation) -> {
			boolean augments = invocation.getMethod().getName().equals("augment")
					&& invocation.getArguments()[0] instanceof AugmentationRequest;
			return augments ? augment(invocation, augmentor) : invocation.proceed();
		});
		context.retrievalAugmentor = (RetrievalAugmentor) factory.getProxy(RetrievalCalls.class.getClassLoader());
	}

	private @Nullable Object augment(MethodInvocation invocation, RetrievalAugmentor augmentor) throws Throwable {
		AugmentationRequest request = (AugmentationRequest) invocation.getArguments()[0];
		AiServiceRun service = serviceOf(request.metadata());
		if (service == null) {
			return invocation.proceed();
		}
		return this.calls.call(() -> {
			service.retrieving(RunContext.current());
			try {
				return invocation.proceed();
			}
			finally {
				service.retrieving(null);
			}
		}, () -> start(service.run(), augmentor,
				() -> (request.chatMessage() instanceof UserMessage message) ? message.toString() : null),
				(call, result) -> complete(call,
						(result instanceof AugmentationResult augmented) ? augmented.contents() : null));
	}

	/**
	 * Proceeds with a call of a retriever. During the retrieval of an AI service, the
	 * call is a part of it, on any thread.
	 */
	@Nullable Object retrieve(MethodInvocation invocation, Object retriever) throws Throwable {
		Query query = (Query) invocation.getArguments()[0];
		AiServiceRun service = serviceOf(query.metadata());
		RunContext around = (service != null) ? service.retrieving() : null;
		if (around == null) {
			return this.calls.call(invocation::proceed,
					() -> start(
							(service != null) ? service.run()
									: this.telemetry.currentRun(LangChain4jTelemetry.FRAMEWORK),
							retriever, query::text),
					(call, result) -> complete(call, (Collection<?>) result));
		}
		RunContext before = RunContext.current();
		RunContext.set(around);
		try {
			return invocation.proceed();
		}
		finally {
			RunContext.restore(before);
		}
	}

	private @Nullable AiServiceRun serviceOf(@Nullable Metadata metadata) {
		return (metadata != null) ? this.runs.get(metadata.invocationContext()) : null;
	}

	private ObservedCall start(ObservedRun run, Object source, Supplier<@Nullable String> query) {
		Class<?> type = source.getClass();
		return run.start(
				new Retrieval.Started(run.run(), (type.isSynthetic() || type.isHidden()) ? null : type.getSimpleName(),
						null, this.telemetry.content(query)));
	}

	private static void complete(ObservedCall call, @Nullable Collection<?> documents) {
		call.complete(new Retrieval.Completed(call.started(Retrieval.Started.class), call.elapsed(),
				(documents != null) ? documents.size() : null));
	}

	/** Marks an augmentor that is observed. */
	interface Observed {

	}

}
