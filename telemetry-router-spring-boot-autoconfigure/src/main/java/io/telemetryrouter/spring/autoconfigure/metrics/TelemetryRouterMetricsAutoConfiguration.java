package io.telemetryrouter.spring.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Lazy;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.autoconfigure.OnRouterCondition;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties;
import io.telemetryrouter.spring.autoconfigure.ai.TelemetryRouterSpringAiAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.langchain4j.TelemetryRouterLangChain4jAutoConfiguration;
import io.telemetryrouter.spring.contracts.ContractChecks;
import io.telemetryrouter.spring.cost.CostRecorder;
import io.telemetryrouter.spring.metrics.AgentMeters;
import io.telemetryrouter.spring.metrics.TelemetryRouterMetrics;

/**
 * Auto-configuration for the meters of the router ({@link TelemetryRouterMetrics}), of
 * contracts, and of agents and their costs ({@link AgentMeters}).
 *
 * @since 0.1.0
 */
@AutoConfiguration(
		after = { TelemetryRouterAutoConfiguration.class, TelemetryRouterSpringAiAutoConfiguration.class,
				TelemetryRouterLangChain4jAutoConfiguration.class, TelemetryRouterCostAutoConfiguration.class },
		afterName = { "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
				"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
@Conditional(OnRouterCondition.class)
@ConditionalOnBean(MeterRegistry.class)
@EnableConfigurationProperties(TelemetryRouterProperties.class)
public final class TelemetryRouterMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TelemetryRouterMetrics telemetryRouterMetrics(TelemetryRouter router, TelemetryRouterProperties properties) {
		return new TelemetryRouterMetrics(router, properties.getMaxEventTags());
	}

	@Bean
	@ConditionalOnMissingBean(name = "telemetryRouterContractMeters")
	MeterBinder telemetryRouterContractMeters(ObjectProvider<ContractChecks> checks) {
		return new ContractMeters(checks);
	}

	@Bean
	@Lazy(false)
	@Conditional(OnAgentsCondition.class)
	@ConditionalOnMissingBean
	AgentMeters telemetryRouterAgentMeters(MeterRegistry registry, TelemetryRouterProperties properties,
			ObjectProvider<AgentTelemetry> telemetry, ObjectProvider<CostRecorder> costs) {
		return new AgentMeters(registry, properties.getMaxEventTags(), telemetry.getIfAvailable(),
				costs.getIfAvailable());
	}

}
