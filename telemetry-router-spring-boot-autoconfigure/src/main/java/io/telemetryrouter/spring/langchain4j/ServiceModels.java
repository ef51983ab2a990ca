package io.telemetryrouter.spring.langchain4j;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.service.AiServiceContext;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.langchain4j.ModelCalls.Request;

/**
 * Replaces the models of AI services by proxies that report the response to each request,
 * or the error of a stream, exactly as the service receives it: LangChain4j publishes no
 * event for the response to a guardrail, and none for an error that a stream ignores.
 */
final class ServiceModels {

	private final AgentTelemetry telemetry;

	private final ModelCalls calls;

	ServiceModels(AgentTelemetry telemetry, ModelCalls calls) {
		this.telemetry = telemetry;
		this.calls = calls;
	}

	/**
	 * Observes the models of an AI service. They are set after the creation of the
	 * service's context and before its first call.
	 */
	void observe(AiServiceContext context) {
		ChatModel model = context.chatModel;
		if (model != null && !isObserved(model)) {
			context.chatModel = proxy(ChatModel.class, new Observer(model, model.provider()));
		}
		StreamingChatModel streaming = context.streamingChatModel;
		if (streaming != null && !isObserved(streaming)) {
			context.streamingChatModel = proxy(StreamingChatModel.class, new Observer(streaming, streaming.provider()));
		}
	}

	private static boolean isObserved(Object model) {
		return Proxy.isProxyClass(model.getClass()) && Proxy.getInvocationHandler(model) instanceof Observer;
	}

	private static <T> T proxy(Class<T> type, InvocationHandler handler) {
		return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] { type }, handler));
	}

	private static @Nullable Object invoke(Method method, Object target, Object @Nullable [] arguments)
			throws Throwable {
		try {
			return method.invoke(target, arguments);
		}
		catch (InvocationTargetException ex) {
			throw ex.getTargetException();
		}
	}

	private void guard(Runnable code) {
		this.telemetry.guard(LangChain4jTelemetry.FRAMEWORK, code);
	}

	/** Observes the requests to a model. */
	private final class Observer implements InvocationHandler {

		private final Object model;

		private final @Nullable ModelProvider provider;

		Observer(Object model, @Nullable ModelProvider provider) {
			this.model = model;
			this.provider = provider;
		}

		@Override
		public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
			Request request = (arguments != null && arguments[0] instanceof ChatRequest sent
					&& method.getName().equals("chat")) ? request(sent) : null;
			if (request == null || arguments == null) {
				return ServiceModels.invoke(method, this.model, arguments);
			}
			Object[] observed = arguments.clone();
			int last = observed.length - 1;
			if (observed[last] instanceof StreamingChatResponseHandler handler) {
				observed[last] = proxy(StreamingChatResponseHandler.class, observed(handler, request));
			}
			Object result;
			try {
				result = ServiceModels.invoke(method, this.model, observed);
			}
			catch (Throwable ex) {
				if (observed[last] != arguments[last]) {
					guard(() -> request.failed(ex));
				}
				throw ex;
			}
			if (result instanceof ChatResponse response) {
				guard(() -> request.answered(response));
			}
			return result;
		}

		private @Nullable Request request(ChatRequest sent) {
			@Nullable Request[] request = new Request[1];
			guard(() -> request[0] = ServiceModels.this.calls.request(sent, this.provider));
			return request[0];
		}

		private InvocationHandler observed(StreamingChatResponseHandler handler, Request request) {
			return (proxy, method, arguments) -> {
				if (arguments != null && arguments[0] instanceof ChatResponse response) {
					guard(() -> request.answered(response));
				}
				Object result = ServiceModels.invoke(method, handler, arguments);
				if (arguments != null && arguments[0] instanceof Throwable error) {
					// After the service, which reports an error that it does not ignore
					guard(() -> request.failed(error));
				}
				return result;
			};
		}

	}

}
