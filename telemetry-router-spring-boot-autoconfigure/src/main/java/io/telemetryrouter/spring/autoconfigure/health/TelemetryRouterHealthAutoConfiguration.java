package io.telemetryrouter.spring.autoconfigure.health;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.OnRouterCondition;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.health.JournalHealth;
import io.telemetryrouter.spring.health.TelemetryRouterHealthIndicator;

/**
 * Auto-configuration for {@link TelemetryRouterHealthIndicator}.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAutoConfiguration.class)
@ConditionalOnClass({ HealthIndicator.class, ConditionalOnEnabledHealthIndicator.class })
@ConditionalOnBooleanProperty(name = "telemetry-router.enabled", matchIfMissing = true)
@Conditional(OnRouterCondition.class)
public final class TelemetryRouterHealthAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean(name = "telemetryRouterHealthIndicator")
	@ConditionalOnEnabledHealthIndicator("telemetryrouter")
	TelemetryRouterHealthIndicator telemetryRouterHealthIndicator(TelemetryRouter router,
			ObjectProvider<JournalHealth> journal) {
		return new TelemetryRouterHealthIndicator(router, journal.getIfAvailable());
	}

}
