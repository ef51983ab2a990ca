package io.telemetryrouter.spring.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties;
import io.telemetryrouter.spring.autoconfigure.ai.TelemetryRouterSpringAiAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.langchain4j.TelemetryRouterLangChain4jAutoConfiguration;
import io.telemetryrouter.spring.cost.CostRecorder;
import io.telemetryrouter.spring.metrics.AgentMeters;

/**
 * Auto-configuration for {@link AgentMeters}, if there is an adapter to an agent
 * framework or a {@link CostRecorder}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(
		after = { TelemetryRouterMetricsAutoConfiguration.class, TelemetryRouterSpringAiAutoConfiguration.class,
				TelemetryRouterLangChain4jAutoConfiguration.class, TelemetryRouterCostAutoConfiguration.class })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
@ConditionalOnBean(MeterRegistry.class)
@Conditional(OnAgentsCondition.class)
@EnableConfigurationProperties(TelemetryRouterProperties.class)
public final class TelemetryRouterAgentMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	AgentMeters telemetryRouterAgentMeters(MeterRegistry registry, TelemetryRouterProperties properties,
			ObjectProvider<AgentTelemetry> telemetry, ObjectProvider<CostRecorder> costs) {
		return new AgentMeters(registry, properties.getMaxEventTags(), telemetry.getIfAvailable(),
				costs.getIfAvailable());
	}

}
