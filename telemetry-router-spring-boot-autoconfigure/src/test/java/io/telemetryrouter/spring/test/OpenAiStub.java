package io.telemetryrouter.spring.test;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A server on the loopback interface with the part of the OpenAI API that clients of chat
 * and embedding models use, including streams of server-sent events.
 */
public final class OpenAiStub implements AutoCloseable {

	public static final String USAGE = """
			{"prompt_tokens":11,"completion_tokens":7,"total_tokens":18,"prompt_tokens_details":{"cached_tokens":4},\
			"completion_tokens_details":{"reasoning_tokens":2}}""";

	private final HttpServer server;

	private final ExecutorService executor = Executors.newCachedThreadPool();

	private final Queue<Answer> script = new ConcurrentLinkedQueue<>();

	private volatile @Nullable Function<JsonNode, Answer> answers;

	/** The received requests. */
	public final List<JsonNode> requests = new CopyOnWriteArrayList<>();

	/** Releases the responses that hang. */
	public final CountDownLatch released = new CountDownLatch(1);

	public OpenAiStub() {
		try {
			this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
		this.server.setExecutor(this.executor);
		this.server.createContext("/v1/chat/completions", this::chat);
		this.server.createContext("/v1/embeddings", this::embeddings);
		this.server.start();
	}

	public String url() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/v1";
	}

	/** Sets the responses to the next requests, in order. */
	public OpenAiStub script(Answer... answers) {
		this.script.addAll(List.of(answers));
		return this;
	}

	/** Sets the responses to all requests. */
	public OpenAiStub answer(Function<JsonNode, Answer> answers) {
		this.answers = answers;
		return this;
	}

	/** Responds with a tool call first, then with text. */
	public OpenAiStub toolThenText(String tool, String arguments) {
		return answer((request) -> {
			JsonNode messages = request.get("messages");
			boolean answered = messages.get(messages.size() - 1).get("role").asString().equals("tool");
			return answered ? Answer.text("done") : Answer.tool(tool, arguments);
		});
	}

	private void embeddings(HttpExchange exchange) throws IOException {
		JsonNode request = read(exchange);
		StringBuilder data = new StringBuilder();
		int count = request.get("input").isArray() ? request.get("input").size() : 1;
		for (int i = 0; i < count; i++) {
			data.append((i > 0) ? "," : "")
				.append("{\"object\":\"embedding\",\"index\":" + i + ",\"embedding\":[0.1,0.2,0.3]}");
		}
		send(exchange, 200, "{\"object\":\"list\",\"model\":\"text-embedding-3-small\",\"data\":[" + data
				+ "],\"usage\":{\"prompt_tokens\":5,\"total_tokens\":5}}");
	}

	private void chat(HttpExchange exchange) throws IOException {
		JsonNode request = read(exchange);
		Function<JsonNode, Answer> answers = this.answers;
		Answer answer = (answers != null) ? answers.apply(request) : this.script.poll();
		if (answer == null) {
			send(exchange, 500, "{\"error\":{\"message\":\"nothing to say to " + request.hashCode() + "\"}}");
		}
		else if (answer.status != 200) {
			send(exchange, answer.status, "{\"error\":{\"message\":\"" + answer.text + "\"}}");
		}
		else if (request.path("stream").asBoolean(false)) {
			stream(exchange, answer);
		}
		else {
			send(exchange, 200,
					"{\"id\":\"chatcmpl-1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"" + answer.model
							+ "\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\"," + answer.body()
							+ "},\"finish_reason\":" + answer.finish() + "}]"
							+ ((answer.usage != null) ? ",\"usage\":" + answer.usage : "") + "}");
		}
	}

	private void stream(HttpExchange exchange, Answer answer) throws IOException {
		exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
		exchange.sendResponseHeaders(200, 0);
		try (OutputStream out = exchange.getResponseBody()) {
			if (answer.tool != null) {
				chunk(out, answer, choice("{\"role\":\"assistant\"," + answer.body() + "}", null));
			}
			else {
				for (String word : answer.text.split("(?<= )")) {
					chunk(out, answer, choice("{\"role\":\"assistant\",\"content\":\"" + word + "\"}", null));
				}
			}
			if (answer.ending == Ending.HANG) {
				this.released.await(30, TimeUnit.SECONDS);
			}
			if (answer.ending != Ending.CUT) {
				chunk(out, answer, choice("{}", answer.finish()));
				if (answer.usage != null) {
					chunk(out, answer, "[],\"usage\":" + answer.usage);
				}
				out.write("data: [DONE]\n\n".getBytes(StandardCharsets.UTF_8));
			}
		}
		catch (IOException ex) {
			// The client has disconnected
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
		}
	}

	private static String choice(String delta, @Nullable String finish) {
		return "[{\"index\":0,\"delta\":" + delta + ",\"finish_reason\":" + finish + "}]";
	}

	private static void chunk(OutputStream out, Answer answer, String choices) throws IOException {
		out.write(("data: {\"id\":\"chatcmpl-1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\""
				+ answer.model + "\",\"choices\":" + choices + "}\n\n")
			.getBytes(StandardCharsets.UTF_8));
		out.flush();
	}

	private JsonNode read(HttpExchange exchange) throws IOException {
		JsonNode request = JsonMapper.shared().readTree(exchange.getRequestBody().readAllBytes());
		this.requests.add(request);
		return request;
	}

	private static void send(HttpExchange exchange, int status, String json) throws IOException {
		byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
		exchange.getResponseHeaders().set("Content-Type", "application/json");
		exchange.sendResponseHeaders(status, bytes.length);
		try (OutputStream out = exchange.getResponseBody()) {
			out.write(bytes);
		}
	}

	@Override
	public void close() {
		this.released.countDown();
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	/** How a stream ends. */
	public enum Ending {

		COMPLETE, CUT, HANG

	}

	/** A response of the model. */
	public record Answer(int status, String model, String text, @Nullable String tool, String arguments,
			@Nullable String usage, Ending ending) {

		public static Answer text(String text) {
			return new Answer(200, "gpt-4o-mini-2024-07-18", text, null, "", USAGE, Ending.COMPLETE);
		}

		public static Answer tool(String tool, String arguments) {
			return new Answer(200, "gpt-4o-mini-2024-07-18", "", tool, arguments, USAGE, Ending.COMPLETE);
		}

		public static Answer error(int status, String message) {
			return new Answer(status, "", message, null, "", null, Ending.COMPLETE);
		}

		public Answer usage(@Nullable String usage) {
			return new Answer(this.status, this.model, this.text, this.tool, this.arguments, usage, this.ending);
		}

		public Answer ending(Ending ending) {
			return new Answer(this.status, this.model, this.text, this.tool, this.arguments, this.usage, ending);
		}

		String body() {
			return (this.tool == null) ? "\"content\":\"" + this.text + "\""
					: "\"content\":null,\"tool_calls\":[{\"index\":0,\"id\":\"call_1\",\"type\":\"function\",\"function\":{\"name\":\""
							+ this.tool + "\",\"arguments\":" + JsonMapper.shared().writeValueAsString(this.arguments)
							+ "}}]";
		}

		String finish() {
			return (this.tool == null) ? "\"stop\"" : "\"tool_calls\"";
		}

	}

}
