package io.telemetryrouter.spring.test;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import org.slf4j.LoggerFactory;

/**
 * A server of the MCP SDK with one tool, in a separate process that communicates through
 * its standard streams.
 */
public final class McpStub {

	/** The name of the tool. */
	public static final String TOOL = "forecast";

	private McpStub() {
	}

	/** Returns the command that starts it. */
	public static List<String> command() {
		return List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
				System.getProperty("java.class.path"), McpStub.class.getName());
	}

	public static void main(String[] args) {
		PrintStream out = System.out;
		System.setOut(System.err);
		((Logger) LoggerFactory.getLogger("ROOT")).setLevel(Level.OFF);
		Map<String, Object> schema = Map.of("type", "object", "properties", Map.of("city", Map.of("type", "string")));
		McpServer.sync(new StdioServerTransportProvider(McpJsonDefaults.getMapper(), System.in, out))
			.serverInfo("stub", "1")
			.toolCall(Tool.builder(TOOL, schema).description("Tells the weather").build(), (exchange, request) -> {
				String city = String.valueOf(request.arguments().get("city"));
				boolean unknown = city.equals("Atlantis");
				return CallToolResult.builder()
					.addTextContent(unknown ? "no city named " + city : "sunny in " + city)
					.isError(unknown)
					.build();
			})
			.build();
	}

}
