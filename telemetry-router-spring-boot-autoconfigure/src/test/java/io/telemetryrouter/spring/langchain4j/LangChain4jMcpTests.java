package io.telemetryrouter.spring.langchain4j;

import dev.langchain4j.mcp.McpToolProvider;
import dev.langchain4j.mcp.client.DefaultMcpClient;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.mcp.client.transport.stdio.StdioMcpTransport;
import dev.langchain4j.service.AiServices;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.spring.langchain4j.LangChain4jFixture.Assistant;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.McpStub;
import io.telemetryrouter.spring.test.OpenAiStub;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests that calls of an MCP server's tools through LangChain4j's client are reported
 * like those of other tools.
 */
class LangChain4jMcpTests {

	private static McpClient client;

	private final OpenAiStub stub = new OpenAiStub();

	@BeforeAll
	static void startServer() {
		client = DefaultMcpClient.builder()
			.transport(StdioMcpTransport.builder().command(McpStub.command()).build())
			.build();
	}

	@AfterAll
	static void stopServer() throws Exception {
		client.close();
	}

	@AfterEach
	void close() {
		this.stub.close();
	}

	@Test
	void whenToolOfServerIsCalledThenItIsToldInItsRun() {
		this.stub.toolThenText(McpStub.TOOL, "{\"city\":\"Oslo\"}");
		LangChain4jFixture.runner(this.stub).run((context) -> {
			assertThat(assistant().chat("hello")).isEqualTo("done");
			AgentEvents events = context.getBean(AgentEvents.class);
			ToolCall.Completed call = events.single(ToolCall.Completed.class);
			assertThat(call.tool()).isEqualTo(McpStub.TOOL);
			assertThat(call.run()).isEqualTo(events.single(AgentRun.Completed.class).run());
			assertThat(call.duration()).isPositive();
			assertThat(call.resultLength()).isEqualTo("sunny in Oslo".length());
		});
	}

	@Test
	void whenToolOfServerFailsThenItsCallFails() {
		this.stub.toolThenText(McpStub.TOOL, "{\"city\":\"Atlantis\"}");
		LangChain4jFixture.runner(this.stub).run((context) -> {
			assertThat(assistant().chat("hello")).isEqualTo("done");
			ToolCall.Failed call = context.getBean(AgentEvents.class).single(ToolCall.Failed.class);
			assertThat(call.failure().type()).isNotBlank();
			assertThat(call.failure().message()).isNull();
		});
	}

	private Assistant assistant() {
		return AiServices.builder(Assistant.class)
			.chatModel(LangChain4jFixture.model(this.stub).build())
			.toolProvider(McpToolProvider.builder().mcpClients(client).build())
			.build();
	}

}
