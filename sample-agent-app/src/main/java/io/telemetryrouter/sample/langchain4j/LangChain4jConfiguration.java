package io.telemetryrouter.sample.langchain4j;

import java.io.IOException;

import dev.langchain4j.model.openai.OpenAiChatModel;

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.sample.config.SampleProperties;
import io.telemetryrouter.sample.openai.OpenAiServer;

/**
 * Configures the LangChain4j agent, with LangChain4j's own OpenAI client.
 */
@Configuration(proxyBeanMethods = false)
@Profile("langchain4j")
class LangChain4jConfiguration {

	@Bean
	OpenAiServer openAiServer() throws IOException {
		return new OpenAiServer();
	}

	@Bean
	OpenAiChatModel chatModel(OpenAiServer server, SampleProperties properties) {
		return OpenAiChatModel.builder()
			.baseUrl(server.baseUrl())
			.apiKey("none")
			.modelName(properties.model())
			.maxRetries(0)
			.build();
	}

	@Bean
	LangChain4jAgent agent(TelemetryEmitter telemetry, OpenAiServer server, OpenAiChatModel model) {
		return new LangChain4jAgent(telemetry, server, model);
	}

}
