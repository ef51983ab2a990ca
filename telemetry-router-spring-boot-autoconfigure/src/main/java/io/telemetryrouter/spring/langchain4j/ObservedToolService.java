package io.telemetryrouter.spring.langchain4j;

import java.util.function.Consumer;

import dev.langchain4j.service.tool.BeforeToolExecution;
import dev.langchain4j.service.tool.ToolArgumentsErrorHandler;
import dev.langchain4j.service.tool.ToolExecution;
import dev.langchain4j.service.tool.ToolExecutionErrorHandler;
import dev.langchain4j.service.tool.ToolService;
import org.jspecify.annotations.Nullable;

/**
 * A tool service of an AI service that calls the hooks of {@link ToolCalls} in addition
 * to those of the application.
 */
final class ObservedToolService extends ToolService {

	private final ToolCalls calls;

	ObservedToolService(ToolCalls calls) {
		this.calls = calls;
		beforeToolExecution(null);
		afterToolExecution(null);
	}

	@Override
	public void beforeToolExecution(@Nullable Consumer<BeforeToolExecution> users) {
		Consumer<BeforeToolExecution> ours = this.calls::starting;
		super.beforeToolExecution((users != null) ? ours.andThen(users) : ours);
	}

	@Override
	public void afterToolExecution(@Nullable Consumer<ToolExecution> users) {
		Consumer<ToolExecution> ours = this.calls::executed;
		super.afterToolExecution((users != null) ? ours.andThen(users) : ours);
	}

	@Override
	public ToolExecutionErrorHandler executionErrorHandler() {
		ToolExecutionErrorHandler users = super.executionErrorHandler();
		return (error, context) -> {
			this.calls.failed(context, error);
			return users.handle(error, context);
		};
	}

	@Override
	public ToolArgumentsErrorHandler argumentsErrorHandler() {
		ToolArgumentsErrorHandler users = super.argumentsErrorHandler();
		return (error, context) -> {
			this.calls.failed(context, error);
			return users.handle(error, context);
		};
	}

}
