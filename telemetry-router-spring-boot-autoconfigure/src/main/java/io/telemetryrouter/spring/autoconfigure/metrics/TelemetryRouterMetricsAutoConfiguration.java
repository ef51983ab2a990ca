package io.telemetryrouter.spring.autoconfigure.metrics;

import io.micrometer.core.instrument.MeterRegistry;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.metrics.TelemetryRouterMetrics;

/**
 * Auto-configuration for {@link TelemetryRouterMetrics}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(afterName = { "io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
		"org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration" })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
@ConditionalOnBean({ TelemetryRouter.class, MeterRegistry.class })
public final class TelemetryRouterMetricsAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	TelemetryRouterMetrics telemetryRouterMetrics(TelemetryRouter router, Environment environment) {
		int maxEventTags = environment.getProperty("telemetry-router.max-event-tags", Integer.class, 100);
		return new TelemetryRouterMetrics(router, maxEventTags);
	}

}
