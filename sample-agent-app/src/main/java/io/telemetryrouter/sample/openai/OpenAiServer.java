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
 * A server on loopback that speaks as much of OpenAI's chat completions as a client needs
 * that does not stream. Each request names its run in {@code user}, and is answered by
 * the model of that run. Thread-safe.
 *
 * @since 0.1.0
 */
public final class OpenAiServer implements AutoCloseable {

	static {
		// Or each answer waits for the client to acknowledge its headers: 40 ms
		System.setProperty("sun.net.httpserver.nodelay", "true");
	}

	private final HttpServer server;

	private final ExecutorService executor = Executors.newCachedThreadPool(new CustomizableThreadFactory("openai-"));

	private final Map<String, Model> modelsByRun = new ConcurrentHashMap<>();

	/**
	 * Starts a server.
	 * @throws IOException if there is no port for it
	 */
	public OpenAiServer() throws IOException {
		this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
		this.server.setExecutor(this.executor);
		this.server.createContext("/v1/chat/completions", this::answer);
		this.server.start();
	}

	/**
	 * Returns where clients find the server.
	 * @return the base URL
	 */
	public String baseUrl() {
		return "http://127.0.0.1:" + this.server.getAddress().getPort() + "/v1";
	}

	/**
	 * Lets a model answer the requests of a run.
	 * @param runId the run
	 * @param model the model; called on threads of the server
	 * @return ends that when it is closed
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
	 * A model that answers the requests of a run.
	 */
	@FunctionalInterface
	public interface Registration extends AutoCloseable {

		@Override
		void close();

	}

}
