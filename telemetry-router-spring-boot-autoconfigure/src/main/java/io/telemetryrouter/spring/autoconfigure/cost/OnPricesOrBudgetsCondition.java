package io.telemetryrouter.spring.autoconfigure.cost;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostProperties.Limit;
import io.telemetryrouter.spring.autoconfigure.cost.TelemetryRouterCostProperties.Price;

/**
 * Matches if prices or budgets are configured. With budgets alone, models without a price
 * are reported.
 */
final class OnPricesOrBudgetsCondition extends SpringBootCondition {

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean bound = isBound("telemetry-router.cost.prices", Price.class, context.getEnvironment())
				|| isBound("telemetry-router.cost.budgets", Limit.class, context.getEnvironment());
		return new ConditionOutcome(bound,
				ConditionMessage.forCondition("Prices or budgets").because(bound ? "configured" : "none configured"));
	}

	/** Binds the list only if a source may have it, since binding takes time. */
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
