package io.telemetryrouter.spring.autoconfigure.cost;

import java.time.Clock;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.cost.CostCalculator;
import io.telemetryrouter.spring.cost.CostRecorder;
import io.telemetryrouter.spring.cost.TenantResolver;

/**
 * Auto-configuration for {@link CostRecorder}, if there are prices, budgets or a
 * {@link CostCalculator} of the application.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "telemetry-router.enabled", "telemetry-router.cost.enabled" },
		matchIfMissing = true)
@Conditional(OnCostCondition.class)
@EnableConfigurationProperties(TelemetryRouterCostProperties.class)
public final class TelemetryRouterCostAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@Conditional(OnPricesOrBudgetsCondition.class)
	CostCalculator telemetryRouterPriceTable(TelemetryRouterCostProperties properties) {
		return CostConfigurationReader.prices(properties);
	}

	@Bean
	@ConditionalOnMissingBean
	@ConditionalOnBean(CostCalculator.class)
	CostRecorder telemetryRouterCostRecorder(ObjectProvider<TelemetryEmitter> emitter, CostCalculator calculator,
			TelemetryRouterCostProperties properties, ObjectProvider<TenantResolver> tenants,
			ObjectProvider<Clock> clock) {
		TenantResolver resolver = tenants.getIfAvailable();
		return new CostRecorder(emitter::getObject, calculator, properties.getCurrency(),
				CostConfigurationReader.budgets(properties, resolver != null), resolver,
				clock.getIfUnique(Clock::systemUTC).withZone(properties.getZone()));
	}

}
