package io.telemetryrouter.spring.langchain4j;

import java.util.List;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.Content;
import dev.langchain4j.data.message.TextContent;
import dev.langchain4j.service.tool.BeforeToolExecution;
import dev.langchain4j.service.tool.ToolErrorContext;
import dev.langchain4j.service.tool.ToolExecution;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;

/**
 * Reports the tool calls of AI services. A call whose exception propagates through the
 * tool service ends with its run.
 */
final class ToolCalls {

	private final AgentTelemetry telemetry;

	private final AiServiceRuns runs;

	ToolCalls(AgentTelemetry telemetry, AiServiceRuns runs) {
		this.telemetry = telemetry;
		this.runs = runs;
	}

	void starting(BeforeToolExecution before) {
		this.telemetry.guard(LangChain4jTelemetry.FRAMEWORK, () -> {
			AiServiceRun service = this.runs.get(before.invocationContext());
			if (service == null) {
				return;
			}
			ObservedRun run = service.run();
			ToolExecutionRequest request = before.request();
			ObservedCall call = run.start(new ToolCall.Started(run.run(), request.id(), request.name(), null,
					this.telemetry.content(request::arguments)));
			service.tools().put(request, call);
			// A call ends on the same thread; a nested AI service belongs to this run
			call.bind();
		});
	}

	/**
	 * Stores an error that LangChain4j converts to text for the model.
	 */
	void failed(@Nullable ToolErrorContext context, Throwable error) {
		this.telemetry.guard(LangChain4jTelemetry.FRAMEWORK, () -> {
			AiServiceRun run = (context != null) ? this.runs.get(context.invocationContext()) : null;
			ObservedCall call = (run != null && context != null) ? run.tools().get(context.toolExecutionRequest())
					: null;
			if (call != null) {
				call.note(error);
			}
		});
	}

	void executed(ToolExecution execution) {
		this.telemetry.guard(LangChain4jTelemetry.FRAMEWORK, () -> {
			AiServiceRun run = this.runs.get(execution.invocationContext());
			ObservedCall call = (run != null) ? run.tools().remove(execution.request()) : null;
			if (call != null) {
				call.endBy(() -> executed(call, execution));
			}
		});
	}

	private void executed(ObservedCall call, ToolExecution execution) {
		Throwable error = call.noted();
		if (error != null || execution.hasFailed()) {
			call.end((error != null) ? error : new ToolReportedFailure());
			return;
		}
		String result = text(execution.resultContents());
		call.complete(new ToolCall.Completed(call.started(ToolCall.Started.class), call.elapsed(),
				(result != null) ? result.length() : null, this.telemetry.content(() -> result)));
	}

	/** Returns the text of a result, or {@code null} if it has other content, too. */
	private static @Nullable String text(List<Content> result) {
		return (result.size() == 1 && result.get(0) instanceof TextContent content) ? content.text() : null;
	}

	/** The failure of a tool that reports it in its result, as MCP servers do. */
	static final class ToolReportedFailure extends RuntimeException {

		ToolReportedFailure() {
			super("The tool reported a failure", null, false, false);
		}

	}

}
