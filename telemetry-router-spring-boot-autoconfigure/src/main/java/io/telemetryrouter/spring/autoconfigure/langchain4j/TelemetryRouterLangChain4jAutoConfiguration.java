package io.telemetryrouter.spring.autoconfigure.langchain4j;

import dev.langchain4j.model.chat.listener.ChatModelListener;
import dev.langchain4j.spi.services.AiServiceContextFactory;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.autoconfigure.agent.TelemetryRouterAgentAutoConfiguration;
import io.telemetryrouter.spring.langchain4j.LangChain4jTelemetry;
import io.telemetryrouter.spring.langchain4j.RetrievalBeans;

/**
 * Auto-configuration of the adapter to LangChain4j.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAgentAutoConfiguration.class,
		beforeName = "dev.langchain4j.spring.LangChain4jAutoConfiguration")
@ConditionalOnClass({ ChatModelListener.class, AiServiceContextFactory.class })
@ConditionalOnBooleanProperty(name = "telemetry-router.agent.langchain4j.enabled", matchIfMissing = true)
@ConditionalOnBean(AgentTelemetry.class)
public final class TelemetryRouterLangChain4jAutoConfiguration {

	@Bean
	static LangChain4jBridge telemetryRouterLangChain4jBridge() {
		return new LangChain4jBridge();
	}

	@Bean
	static RetrievalBeans telemetryRouterRetrievalBeans(ObjectProvider<LangChain4jTelemetry> telemetry) {
		return new RetrievalBeans(telemetry);
	}

	@Bean
	@ConditionalOnMissingBean
	LangChain4jTelemetry telemetryRouterLangChain4jTelemetry(AgentTelemetry telemetry) {
		return new LangChain4jTelemetry(telemetry);
	}

}
