package io.telemetryrouter.spring.ai;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.metadata.ChatResponseMetadata;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.model.tool.ToolCallingChatOptions;

import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.GenAiNames;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;
import io.telemetryrouter.spring.agent.ReportedTokens;

/**
 * Reports each call of a {@code ChatModel} as a model call.
 *
 * @since 0.1.0
 */
public final class ChatModelHandler extends GuardedHandler<ChatModelObservationContext> {

	/**
	 * Creates the handler.
	 * @param telemetry receives the calls
	 */
	public ChatModelHandler(AgentTelemetry telemetry) {
		super(ChatModelObservationContext.class, telemetry);
	}

	@Override
	void started(ChatModelObservationContext context) {
		ObservedRun run = runOf(context);
		List<Message> messages = context.getRequest().getInstructions();
		ChatOptions options = context.getRequest().getOptions();
		start(context, run,
				new ModelCall.Started(run.run(), "chat", run.nextTurn(),
						GenAiNames.provider(context.getOperationMetadata().provider()),
						(options != null) ? options.getModel() : null, context.isStreaming(), messages.size(),
						tools(options), telemetry().content(() -> text(messages))));
	}

	private static List<String> tools(@Nullable ChatOptions options) {
		if (options instanceof ToolCallingChatOptions calling && calling.getToolCallbacks() != null) {
			return calling.getToolCallbacks().stream().map((tool) -> tool.getToolDefinition().name()).toList();
		}
		return List.of();
	}

	private static String text(List<Message> messages) {
		StringBuilder text = new StringBuilder();
		messages.forEach((message) -> text.append(message.getMessageType().getValue())
			.append(": ")
			.append(message.getText())
			.append('\n'));
		return text.toString();
	}

	@Override
	void stopped(ChatModelObservationContext context) {
		ObservedCall call = callOf(context);
		if (call == null) {
			return;
		}
		ChatResponse response = context.getResponse();
		StreamedTurn turn = context.isStreaming() ? enclosing(context, StreamedTurn.class) : null;
		Duration duration = call.elapsed();
		if (context.getError() != null || (response == null && context.isStreaming())) {
			// Neither error nor response: the subscriber has cancelled
			call.end(context.getError());
		}
		else if (turn != null) {
			// The last part of the answer, with the usage, may not have reached it yet
			turn.atEnd(() -> telemetry().guard(FRAMEWORK,
					() -> call.endBy(() -> call.complete(completed(call, duration, response, turn)))));
		}
		else {
			call.complete(completed(call, duration, response, null));
		}
	}

	private ModelCall.Completed completed(ObservedCall call, Duration duration, @Nullable ChatResponse response,
			@Nullable StreamedTurn turn) {
		ModelCall.Started started = call.started(ModelCall.Started.class);
		ChatResponseMetadata metadata = (response != null) ? response.getMetadata() : null;
		List<Generation> results = (response != null) ? response.getResults() : List.of();
		ReportedTokens tokens = Usages.of((metadata != null) ? metadata.getUsage() : null, started.provider(),
				(turn != null) ? turn.cacheUsage() : null);
		return new ModelCall.Completed(started, duration,
				(turn != null) ? turn.timeToFirstToken(call.elapsed(), duration) : null,
				(metadata != null) ? GenAiNames.reported(metadata.getModel()) : null,
				(metadata != null) ? GenAiNames.reported(metadata.getId()) : null, tokens.tokens(), tokens.problem(),
				finishReasons(results),
				results.stream().mapToInt((result) -> result.getOutput().getToolCalls().size()).sum(),
				telemetry().content(() -> results.isEmpty() ? null : results.get(0).getOutput().getText()));
	}

	private static List<String> finishReasons(List<Generation> results) {
		return results.stream()
			.map((result) -> GenAiNames.finishReason(result.getMetadata().getFinishReason()))
			.filter(Objects::nonNull)
			.map(Objects::requireNonNull)
			.toList();
	}

}
