package io.telemetryrouter.spring.ai;

import io.micrometer.observation.ObservationRegistry;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.execution.ToolExecutionExceptionProcessor;

import org.springframework.beans.factory.ObjectProvider;

import io.telemetryrouter.spring.agent.ObservedBeans;

/**
 * Intercepts the application's {@code ToolExecutionExceptionProcessor}, which converts
 * errors of tools to text for the model, to report these errors.
 *
 * @since 0.1.0
 */
public final class ToolFailures extends ObservedBeans {

	private final ObjectProvider<ObservationRegistry> registry;

	private final ObjectProvider<ToolCallHandler> handler;

	/**
	 * Creates the post-processor.
	 * @param registry the registry in which tool calls are observed
	 * @param handler the handler of tool calls
	 */
	public ToolFailures(ObjectProvider<ObservationRegistry> registry, ObjectProvider<ToolCallHandler> handler) {
		this.registry = registry;
		this.handler = handler;
	}

	@Override
	protected Object observed(Object bean) {
		Class<?> contract = ToolExecutionExceptionProcessor.class;
		return contract.isInstance(bean) ? observe(bean, contract, this::process) : bean;
	}

	private @Nullable Object process(MethodInvocation invocation) throws Throwable {
		if (invocation.getArguments().length == 1
				&& invocation.getArguments()[0] instanceof ToolExecutionException error) {
			ToolCallHandler handler = handler();
			if (handler != null) {
				handler.failed(this.registry, error);
			}
		}
		return invocation.proceed();
	}

	private @Nullable ToolCallHandler handler() {
		try {
			return this.handler.stream().findFirst().orElse(null);
		}
		catch (RuntimeException ex) {
			// The application context is closing or fails to start
			return null;
		}
	}

}
