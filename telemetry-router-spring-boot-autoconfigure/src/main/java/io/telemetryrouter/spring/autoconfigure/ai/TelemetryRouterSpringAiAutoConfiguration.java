package io.telemetryrouter.spring.autoconfigure.ai;

import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.client.ChatClientBuilderCustomizer;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.vectorstore.observation.VectorStoreObservationContext;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.ai.ChatClientHandler;
import io.telemetryrouter.spring.ai.ChatModelHandler;
import io.telemetryrouter.spring.ai.EmbeddingHandler;
import io.telemetryrouter.spring.ai.StreamedTurnAdvisor;
import io.telemetryrouter.spring.ai.ToolCallHandler;
import io.telemetryrouter.spring.ai.ToolFailures;
import io.telemetryrouter.spring.ai.VectorStoreHandler;
import io.telemetryrouter.spring.autoconfigure.agent.TelemetryRouterAgentAutoConfiguration;

/**
 * Auto-configuration of the adapter to Spring AI: handlers of its observations.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAgentAutoConfiguration.class,
		beforeName = { "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration",
				"org.springframework.ai.model.chat.client.autoconfigure.ChatClientAutoConfiguration" })
@ConditionalOnClass({ ChatModel.class, ObservationHandler.class })
@ConditionalOnBooleanProperty(name = "telemetry-router.agent.spring-ai.enabled", matchIfMissing = true)
@ConditionalOnBean(AgentTelemetry.class)
public final class TelemetryRouterSpringAiAutoConfiguration {

	@Bean
	static ToolFailures telemetryRouterToolFailures(ObjectProvider<ObservationRegistry> registry,
			ObjectProvider<ToolCallHandler> handler) {
		return new ToolFailures(registry, handler);
	}

	@Bean
	@ConditionalOnMissingBean
	ChatModelHandler telemetryRouterChatModelHandler(AgentTelemetry telemetry) {
		return new ChatModelHandler(telemetry);
	}

	@Bean
	@ConditionalOnMissingBean
	ToolCallHandler telemetryRouterToolCallHandler(AgentTelemetry telemetry) {
		return new ToolCallHandler(telemetry);
	}

	@Bean
	@ConditionalOnMissingBean
	EmbeddingHandler telemetryRouterEmbeddingHandler(AgentTelemetry telemetry) {
		return new EmbeddingHandler(telemetry);
	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(ChatClient.class)
	static class ChatClientConfiguration {

		@Bean
		@ConditionalOnMissingBean
		ChatClientHandler telemetryRouterChatClientHandler(AgentTelemetry telemetry) {
			return new ChatClientHandler(telemetry);
		}

		@Bean
		ChatClientBuilderCustomizer telemetryRouterStreamedTurnCustomizer(AgentTelemetry telemetry) {
			return (builder) -> builder.defaultAdvisors(new StreamedTurnAdvisor(telemetry));
		}

	}

	@Configuration(proxyBeanMethods = false)
	@ConditionalOnClass(VectorStoreObservationContext.class)
	static class VectorStoreConfiguration {

		@Bean
		@ConditionalOnMissingBean
		VectorStoreHandler telemetryRouterVectorStoreHandler(AgentTelemetry telemetry) {
			return new VectorStoreHandler(telemetry);
		}

	}

}
