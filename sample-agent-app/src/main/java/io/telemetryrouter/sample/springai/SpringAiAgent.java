package io.telemetryrouter.sample.springai;

import java.util.List;

import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.advisor.MessageChatMemoryAdvisor;
import org.springframework.ai.chat.client.advisor.ToolCallingAdvisor;
import org.springframework.ai.chat.memory.ChatMemory;
import org.springframework.ai.chat.memory.MessageWindowChatMemory;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;
import org.springframework.ai.tool.execution.ToolExecutionException;
import org.springframework.ai.tool.metadata.ToolMetadata;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.sample.agent.Session;
import io.telemetryrouter.sample.agent.ToolException;
import io.telemetryrouter.sample.agent.ToolRequest;
import io.telemetryrouter.sample.openai.AbstractFrameworkAgent;
import io.telemetryrouter.sample.openai.OpenAiServer;

/**
 * An agent built as a {@link ChatClient} with tools and a memory. Thread-safe.
 */
final class SpringAiAgent extends AbstractFrameworkAgent {

	private static final int MAX_MESSAGES = 10_000;

	/**
	 * Inside the tool calling advisor, so that the memory contains the tool calls, too.
	 */
	private static final int MEMORY_ORDER = ToolCallingAdvisor.DEFAULT_ORDER + 1;

	private final ChatClient client;

	SpringAiAgent(TelemetryEmitter telemetry, OpenAiServer server, ChatClient client) {
		super(telemetry, server);
		this.client = client;
	}

	@Override
	protected Chat open(Session session) {
		ChatMemory memory = MessageWindowChatMemory.builder().maxMessages(MAX_MESSAGES).build();
		List<ToolCallback> tools = session.tools()
			.stream()
			.map((tool) -> (ToolCallback) new SessionTool(session, tool))
			.toList();
		ChatClient client = this.client.mutate()
			.defaultOptions(OpenAiChatOptions.builder().user(session.runId()))
			.defaultTools(tools)
			.defaultAdvisors(MessageChatMemoryAdvisor.builder(memory).order(MEMORY_ORDER).build())
			.defaultAdvisors((advisors) -> advisors.param(ChatMemory.CONVERSATION_ID, session.runId()))
			.build();
		return new Chat() {

			@Override
			public void answer(String text) {
				client.prompt(text).call().content();
			}

			@Override
			public void remember(String text) {
				memory.add(session.runId(), new UserMessage(text));
			}

		};
	}

	/**
	 * A tool of a session.
	 *
	 * @param session the session
	 * @param name the tool's name
	 */
	private record SessionTool(Session session, String name) implements ToolCallback {

		@Override
		public ToolDefinition getToolDefinition() {
			return ToolDefinition.builder()
				.name(this.name)
				.description("A recorded tool")
				.inputSchema("{\"type\": \"object\"}")
				.build();
		}

		@Override
		public ToolMetadata getToolMetadata() {
			// After a tool that transfers the customer, the model does not respond
			return ToolMetadata.builder().returnDirect(!this.session.awaitsAnswer()).build();
		}

		@Override
		public String call(String arguments) {
			try {
				return this.session.call(new ToolRequest(null, this.name, arguments));
			}
			catch (ToolException ex) {
				throw new ToolExecutionException(getToolDefinition(), ex);
			}
		}

	}

}
