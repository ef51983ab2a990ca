package io.telemetryrouter.spring.ai;

import java.util.List;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.mcp.SyncMcpToolCallbackProvider;
import org.springframework.ai.tool.ToolCallback;

import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.McpStub;
import io.telemetryrouter.spring.test.OpenAiStub;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that calls of an MCP server's tools through Spring AI's client are reported like
 * those of other tools.
 */
class SpringAiMcpTests {

	private static McpSyncClient client;

	private static ToolCallback tool;

	private final OpenAiStub stub = new OpenAiStub();

	@BeforeAll
	static void startServer() {
		List<String> command = McpStub.command();
		client = McpClient
			.sync(new StdioClientTransport(
					ServerParameters.builder(command.get(0)).args(command.subList(1, command.size())).build(),
					McpJsonDefaults.getMapper()))
			.build();
		client.initialize();
		tool = SyncMcpToolCallbackProvider.syncToolCallbacks(List.of(client)).get(0);
	}

	@AfterAll
	static void stopServer() {
		client.close();
	}

	@AfterEach
	void close() {
		this.stub.close();
	}

	@Test
	void whenToolOfServerIsCalledThenItIsToldInItsRun() {
		String name = tool.getToolDefinition().name();
		this.stub.toolThenText(name, "{\"city\":\"Oslo\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			String answer = context.getBean(ChatClient.class).prompt("hello").tools(tool).call().content();
			assertThat(answer).isEqualTo("done");
			AgentEvents events = context.getBean(AgentEvents.class);
			ToolCall.Completed call = events.single(ToolCall.Completed.class);
			assertThat(call.tool()).isEqualTo(name).endsWith(McpStub.TOOL);
			assertThat(call.run()).isEqualTo(events.single(AgentRun.Completed.class).run());
			assertThat(call.duration()).isPositive();
			assertThat(call.resultLength()).isPositive();
		});
	}

	@Test
	void whenToolOfServerFailsThenItsCallFails() {
		this.stub.toolThenText(tool.getToolDefinition().name(), "{\"city\":\"Atlantis\"}");
		SpringAiFixture.runner(this.stub).run((context) -> {
			context.getBean(ChatClient.class).prompt("hello").tools(tool).call().content();
			ToolCall.Failed call = context.getBean(AgentEvents.class).single(ToolCall.Failed.class);
			assertThat(call.failure().type()).isEqualTo("java.lang.IllegalStateException");
			assertThat(call.failure().message()).isNull();
		});
	}

}
