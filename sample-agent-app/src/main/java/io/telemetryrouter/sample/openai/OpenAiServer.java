package io.telemetryrouter.sample.openai;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import tools.jackson.databind.JsonNode;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

import io.telemetryrouter.sample.agent.Model;

/**
 * HTTP server on the loopback interface that implements OpenAI's chat completions without
 * streaming. Each request names its run in {@code user}; the model of that run answers
 * it. Thread-safe.
 *
 * @since 0.1.0
 */
public final class OpenAiServer implements AutoCloseable {

	static {
		// Without it, each answer waits 40 ms for the client to acknowledge its headers
		System.setProperty("sun.net.httpserver.nodelay", "true");
	}

	private final HttpServer server;

	private final ExecutorService executor = Executors.newCachedThreadPool(new CustomizableThreadFactory("openai-"));

	private final Map<String, Model> modelsByRun = new ConcurrentHashMap<>();

	/**
	 * Starts a server.
	 * @throws IOException if no port can be bound
	 */
	public OpenAiServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.executor);
		this.server.createContext("/v1/chat/completions", this::answer);
		this.server.start();
	}

	/**
	 * Returns the base URL for clients.
	 * @return the base URL
	 */
	public String baseUrl() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/v1";
	}

	/**
	 * Lets a model answer the requests of a run.
	 * @param runId the run
	 * @param model the model; called on threads of the server
	 * @return the registration; closing it removes the model
	 */
	public Registration register(String runId, Model model) {
		this.modelsByRun.put(runId, model);
		return () -> this.modelsByRun.remove(runId);
	}

	private void answer(HttpExchange exchange) throws IOException {
		int status;
		byte[] body;
		try {
			JsonNode request = ChatCompletions.read(exchange.getRequestBody());
			Model model = this.modelsByRun.get(request.path("user").asString(""));
			status = (model != null) ? 200 : 404;
			body = (model != null)
					? ChatCompletions.write(request, model.respond(ChatCompletions.conversation(request)))
					: ChatCompletions.error("No such run");
		}
		catch (RuntimeException ex) {
			status = 400;
			body = ChatCompletions.error(ex.getClass().getSimpleName());
		}
		exchange.getResponseHeaders().set("Content-Type", "application/json");
		exchange.sendResponseHeaders(status, body.length);
		try (OutputStream out = exchange.getResponseBody()) {
			out.write(body);
		}
	}

	@Override
	public void close() {
		this.server.stop(0);
		this.executor.shutdownNow();
	}

	/**
	 * Registration of a model for the requests of a run.
	 */
	@FunctionalInterface
	public interface Registration extends AutoCloseable {

		@Override
		void close();

	}

}
