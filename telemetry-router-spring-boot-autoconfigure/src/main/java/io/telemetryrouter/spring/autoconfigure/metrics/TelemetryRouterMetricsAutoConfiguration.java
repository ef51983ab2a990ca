package io.telemetryrouter.spring.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.OnRouterCondition;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties;
import io.telemetryrouter.spring.metrics.TelemetryRouterMetrics;

/**
 * Auto-configuration for {@link TelemetryRouterMetrics}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAutoConfiguration.class,
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

}
