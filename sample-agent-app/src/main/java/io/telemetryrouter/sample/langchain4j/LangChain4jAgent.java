package io.telemetryrouter.sample.langchain4j;

import java.util.List;

import dev.langchain4j.agent.tool.ReturnBehavior;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.memory.ChatMemory;
import dev.langchain4j.memory.chat.MessageWindowChatMemory;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.ToolErrorHandlerResult;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.sample.agent.Session;
import io.telemetryrouter.sample.agent.ToolRequest;
import io.telemetryrouter.sample.openai.AbstractFrameworkAgent;
import io.telemetryrouter.sample.openai.OpenAiServer;

/**
 * An agent built as an AI service with tools and a memory. Thread-safe.
 */
final class LangChain4jAgent extends AbstractFrameworkAgent {

	private static final int MAX_MESSAGES = 10_000;

	private final ChatModel model;

	LangChain4jAgent(TelemetryEmitter telemetry, OpenAiServer server, ChatModel model) {
		super(telemetry, server);
		this.model = model;
	}

	@Override
	protected Chat open(Session session) {
		ChatMemory memory = MessageWindowChatMemory.withMaxMessages(MAX_MESSAGES);
		List<AiServiceTool> tools = session.tools().stream().map((tool) -> tool(session, tool)).toList();
		Assistant assistant = AiServices.builder(Assistant.class)
			.chatModel(this.model)
			.chatMemory(memory)
			.tools(tools)
			.toolExecutionErrorHandler((error, context) -> ToolErrorHandlerResult.text(error.getMessage()))
			.chatRequestTransformer((request) -> transform(request, session))
			.build();
		return new Chat() {

			@Override
			public void answer(String text) {
				try {
					assistant.answer(text);
				}
				catch (RecordingEndedException ex) {
					// The recording is truncated here: the run of the framework has
					// failed
				}
			}

			@Override
			public void remember(String text) {
				memory.add(UserMessage.from(text));
			}

		};
	}

	private static AiServiceTool tool(Session session, String tool) {
		return AiServiceTool.builder()
			.toolSpecification(ToolSpecification.builder()
				.name(tool)
				.description("A recorded tool")
				.parameters(JsonObjectSchema.builder().build())
				.build())
			.toolExecutor(
					(request, id) -> session.call(new ToolRequest(request.id(), request.name(), request.arguments())))
			.returnBehavior(session.finalTools().contains(tool) ? ReturnBehavior.IMMEDIATE : ReturnBehavior.TO_LLM)
			.build();
	}

	private static ChatRequest transform(ChatRequest request, Session session) {
		if (!session.awaitsAnswer()) {
			throw new RecordingEndedException();
		}
		return request.toBuilder()
			.parameters(request.parameters()
				.overrideWith(OpenAiChatRequestParameters.builder().user(session.runId()).build()))
			.build();
	}

	/**
	 * The AI service.
	 */
	interface Assistant {

		Result<String> answer(String text);

	}

	/**
	 * Thrown when the recording ends after a tool call, without a further response of the
	 * model.
	 */
	static final class RecordingEndedException extends RuntimeException {

		private static final long serialVersionUID = 1L;

	}

}
