package io.telemetryrouter.spring.langchain4j;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.MemoryId;
import dev.langchain4j.service.TokenStream;
import dev.langchain4j.service.UserMessage;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.agent.TelemetryRouterAgentAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.langchain4j.TelemetryRouterLangChain4jAutoConfiguration;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;

/**
 * An application with LangChain4j's own client of OpenAI, an AI service with tools, and
 * one listener. Models get their listeners as with the Spring starters of LangChain4j.
 */
public final class LangChain4jFixture {

	private LangChain4jFixture() {
	}

	public static ApplicationContextRunner routerRunner() {
		return new ApplicationContextRunner()
			.withConfiguration(AutoConfigurations.of(TelemetryRouterAutoConfiguration.class,
					TelemetryRouterAgentAutoConfiguration.class, TelemetryRouterLangChain4jAutoConfiguration.class));
	}

	public static ApplicationContextRunner runner(OpenAiStub stub) {
		return routerRunner()
			.withBean(OpenAiStub.class, () -> stub, (definition) -> definition.setDestroyMethodName(""))
			.withBean(Tools.class)
			.withBean(AgentEvents.class)
			.withUserConfiguration(Application.class);
	}

	public static OpenAiChatModel.OpenAiChatModelBuilder model(OpenAiStub stub) {
		return OpenAiChatModel.builder().baseUrl(stub.url()).apiKey("none").modelName("gpt-4o-mini").maxRetries(0);
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		ChatModel chatModel(OpenAiStub stub, ObjectProvider<ChatModelListener> listeners) {
			return model(stub).listeners(listeners.orderedStream().toList()).build();
		}

		@Bean
		StreamingChatModel streamingChatModel(OpenAiStub stub, ObjectProvider<ChatModelListener> listeners) {
			return OpenAiStreamingChatModel.builder()
				.baseUrl(stub.url())
				.apiKey("none")
				.modelName("gpt-4o-mini")
				.listeners(listeners.orderedStream().toList())
				.build();
		}

		@Bean
		Assistant assistant(ChatModel model, StreamingChatModel streaming, Tools tools) {
			return AiServices.builder(Assistant.class)
				.chatModel(model)
				.streamingChatModel(streaming)
				.tools(List.of(tools))
				.build();
		}

	}

	/** An AI service. */
	public interface Assistant {

		String chat(String message);

		TokenStream stream(String message);

	}

	/** An AI service with a chat memory. */
	interface Rememberer {

		String chat(@MemoryId String id, @UserMessage String message);

	}

	/** Tools of the application. */
	public static class Tools {

		public final AtomicReference<Runnable> inside = new AtomicReference<>(() -> {
		});

		@Tool(name = "weather", value = "Tells the weather")
		String weather(@P("city") String city) {
			this.inside.get().run();
			if (city.equals("Atlantis")) {
				throw new IllegalStateException("no city named " + city);
			}
			return "sunny in " + city;
		}

	}

}
