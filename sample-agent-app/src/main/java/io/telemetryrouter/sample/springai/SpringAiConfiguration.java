package io.telemetryrouter.sample.springai;

import java.io.IOException;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.openai.OpenAiChatModel;
import org.springframework.ai.openai.OpenAiChatOptions;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.sample.config.SampleProperties;
import io.telemetryrouter.sample.openai.OpenAiServer;

/**
 * Configures the Spring AI agent, with Spring AI's own OpenAI client.
 */
@Configuration(proxyBeanMethods = false)
@Profile("spring-ai")
class SpringAiConfiguration {

	@Bean
	OpenAiServer openAiServer() throws IOException {
		return new OpenAiServer();
	}

	@Bean
	OpenAiChatModel chatModel(OpenAiServer server, SampleProperties properties, ObservationRegistry registry) {
		return OpenAiChatModel.builder()
			.options(OpenAiChatOptions.builder()
				.baseUrl(server.baseUrl())
				.apiKey("none")
				.model(properties.model())
				.maxRetries(0)
				.build())
			.observationRegistry(registry)
			.build();
	}

	@Bean
	SpringAiAgent agent(TelemetryEmitter telemetry, OpenAiServer server, ChatClient.Builder client) {
		return new SpringAiAgent(telemetry, server, client.build());
	}

}
