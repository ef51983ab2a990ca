package io.telemetryrouter.spring.ai;

import java.util.concurrent.atomic.AtomicReference;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration;
import org.springframework.ai.model.tool.autoconfigure.ToolCallingAutoConfiguration;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;
import org.springframework.ai.tool.annotation.Tool;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.agent.TelemetryRouterAgentAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.ai.TelemetryRouterSpringAiAutoConfiguration;
import io.telemetryrouter.spring.test.AgentEvents;
import io.telemetryrouter.spring.test.OpenAiStub;

/**
 * An application with Spring AI's own client of OpenAI, tools, and one listener.
 */
public final class SpringAiFixture {

	private SpringAiFixture() {
	}

	public static ApplicationContextRunner routerRunner() {
		return new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(
				TelemetryRouterAutoConfiguration.class, TelemetryRouterAgentAutoConfiguration.class,
				TelemetryRouterSpringAiAutoConfiguration.class, ObservationAutoConfiguration.class));
	}

	public static ApplicationContextRunner runner(OpenAiStub stub) {
		return routerRunner()
			.withConfiguration(
					AutoConfigurations.of(ToolCallingAutoConfiguration.class, ChatClientAutoConfiguration.class))
			.withBean(OpenAiStub.class, () -> stub, (definition) -> definition.setDestroyMethodName(""))
			.withUserConfiguration(Application.class);
	}

	@Configuration(proxyBeanMethods = false)
	static class Application {

		@Bean
		AgentEvents agentEvents() {
			return new AgentEvents();
		}

		@Bean
		ChatModel chatModel(OpenAiStub stub, ObservationRegistry registry) {
			return OpenAiChatModel.builder()
				.options(OpenAiChatOptions.builder()
					.baseUrl(stub.url())
					.apiKey("none")
					.model("gpt-4o-mini")
					.maxRetries(0)
					.streamOptions(OpenAiChatOptions.StreamOptions.builder().includeUsage(true).build())
					.build())
				.observationRegistry(registry)
				.build();
		}

		@Bean
		ChatClient chatClient(ChatClient.Builder builder) {
			return builder.build();
		}

	}

	/** Tools of the application. */
	public static class Tools {

		public final AtomicReference<Runnable> inside = new AtomicReference<>(() -> {
		});

		@Tool(name = "weather", description = "Tells the weather")
		String weather(String city) {
			this.inside.get().run();
			if (city.equals("Atlantis")) {
				throw new IllegalStateException("no city named " + city);
			}
			return "sunny in " + city;
		}

	}

}
