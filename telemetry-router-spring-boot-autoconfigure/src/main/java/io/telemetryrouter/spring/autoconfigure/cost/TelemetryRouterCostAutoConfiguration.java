package io.telemetryrouter.spring.autoconfigure.cost;

import java.time.Clock;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostProperties.Limit;
import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostProperties.Price;
import io.telemetryrouter.spring.cost.CostCalculator;
import io.telemetryrouter.spring.cost.CostRecorder;
import io.telemetryrouter.spring.cost.TenantResolver;

/**
 * Auto-configuration for {@link CostRecorder}, where there are prices or a
 * {@link CostCalculator} of the application.
 *
 * @since 0.1.0
 */
@AutoConfiguration(after = TelemetryRouterAutoConfiguration.class)
@ConditionalOnBooleanProperty(name = { "telemetry-router.enabled", "telemetry-router.cost.enabled" },
		matchIfMissing = true)
@EnableConfigurationProperties(TelemetryRouterCostProperties.class)
public final class TelemetryRouterCostAutoConfiguration {

	@Bean
	@ConditionalOnMissingBean
	@Conditional(OnPricesOrBudgets.class)
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

	/**
	 * Budgets alone are enough: a model without a price is then reported.
	 */
	static final class OnPricesOrBudgets extends SpringBootCondition {

		@Override
		public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
			boolean bound = isBound("telemetry-router.cost.prices", Price.class, context.getEnvironment())
					|| isBound("telemetry-router.cost.budgets", Limit.class, context.getEnvironment());
			return new ConditionOutcome(bound, ConditionMessage.forCondition("Prices or budgets")
				.because(bound ? "configured" : "none configured"));
		}

		/** Binds only what some source may have: a start would wait for it. */
		private static boolean isBound(String name, Class<?> type, Environment environment) {
			ConfigurationPropertyName list = ConfigurationPropertyName.of(name);
			for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
				if (source.containsDescendantOf(list) != ConfigurationPropertyState.ABSENT) {
					return isBound(list, type, environment);
				}
			}
			return false;
		}

		private static boolean isBound(ConfigurationPropertyName list, Class<?> type, Environment environment) {
			try {
				return Binder.get(environment).bind(list, Bindable.listOf(type)).isBound();
			}
			catch (BindException ex) {
				// Explained when the properties are bound
				return true;
			}
		}

	}

}
