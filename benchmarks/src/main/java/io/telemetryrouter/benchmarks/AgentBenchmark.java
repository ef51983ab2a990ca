package io.telemetryrouter.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.service.AiServices;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.observation.ChatModelObservationContext;
import org.springframework.ai.chat.observation.ChatModelObservationDocumentation;
import org.springframework.ai.chat.observation.DefaultChatModelObservationConvention;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.ai.ChatClientHandler;
import io.telemetryrouter.spring.ai.ChatModelHandler;
import io.telemetryrouter.spring.langchain4j.LangChain4jTelemetry;
import io.telemetryrouter.spring.langchain4j.TelemetryAiServiceContextFactory;

/**
 * One call of an agent with a stub model that answers at once: without observation, with
 * the framework's own observation, and with the adapter and a handler of all events.
 */
@Warmup(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
public class AgentBenchmark extends AbstractBenchmark {

	@Param({ "spring-ai", "langchain4j" })
	public String framework;

	@Param({ "plain", "observed", "adapter" })
	public String by;

	private Supplier<String> agent;

	private int seen;

	@Setup
	public void setUp() {
		TelemetryRouter router = Routes.builder("on").build();
		router.subscribeAll((event, payload) -> this.seen++);
		this.emitter = Emitter.of(router);
		AgentTelemetry telemetry = new AgentTelemetry(() -> router, false);
		this.agent = this.framework.equals("spring-ai") ? springAi(telemetry) : langChain4j(telemetry);
		String answer = this.agent.get();
		if (this.seen != (this.by.equals("adapter") ? 4 : 0)) {
			throw new IllegalStateException(this.seen + " events of the call that answered " + answer);
		}
	}

	@Benchmark
	public String call() {
		return this.agent.get();
	}

	private Supplier<String> springAi(AgentTelemetry telemetry) {
		ObservationRegistry registry = this.by.equals("plain") ? ObservationRegistry.NOOP
				: ObservationRegistry.create();
		registry.observationConfig().observationHandler((ObservationHandler<?>) (context) -> true);
		if (this.by.equals("adapter")) {
			registry.observationConfig()
				.observationHandler(new ChatClientHandler(telemetry))
				.observationHandler(new ChatModelHandler(telemetry));
		}
		ChatResponse response = new ChatResponse(List.of(new Generation(new AssistantMessage("hi"))));
		ChatModel model = (prompt) -> {
			ChatModelObservationContext context = ChatModelObservationContext.builder()
				.prompt(prompt)
				.provider("stub")
				.build();
			return ChatModelObservationDocumentation.CHAT_MODEL_OPERATION
				.observation(null, new DefaultChatModelObservationConvention(), () -> context, registry)
				.observe(() -> {
					context.setResponse(response);
					return response;
				});
		};
		ChatClient client = ChatClient.create(model, registry);
		return () -> String.valueOf(client.prompt("hello").call().content());
	}

	private Supplier<String> langChain4j(AgentTelemetry telemetry) {
		LangChain4jTelemetry listener = new LangChain4jTelemetry(telemetry);
		List<ChatModelListener> listeners = this.by.equals("adapter") ? List.of(listener) : List.of();
		if (this.by.equals("adapter")) {
			TelemetryAiServiceContextFactory.observe(() -> listener);
		}
		var response = dev.langchain4j.model.chat.response.ChatResponse.builder()
			.aiMessage(AiMessage.from("hi"))
			.build();
		var model = new dev.langchain4j.model.chat.ChatModel() {

			@Override
			public dev.langchain4j.model.chat.response.ChatResponse doChat(ChatRequest request) {
				return response;
			}

			@Override
			public List<ChatModelListener> listeners() {
				return listeners;
			}

		};
		Assistant assistant = AiServices.create(Assistant.class, model);
		return () -> assistant.chat("hello");
	}

	/** An AI service. */
	public interface Assistant {

		String chat(String message);

	}

}
