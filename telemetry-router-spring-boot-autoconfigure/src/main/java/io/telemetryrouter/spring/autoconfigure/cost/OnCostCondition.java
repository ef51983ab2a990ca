package io.telemetryrouter.spring.autoconfigure.cost;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.telemetryrouter.spring.cost.CostCalculator;

/**
 * Matches if any property about costs is set, also an invalid one, or if there is a
 * {@link CostCalculator} bean. Without either, Spring does not look at the bean methods.
 */
final class OnCostCondition extends SpringBootCondition implements ConfigurationCondition {

	private static final ConfigurationPropertyName COST = ConfigurationPropertyName.of("telemetry-router.cost");

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		boolean used = isAnySet(context.getEnvironment()) || hasCalculator(context.getBeanFactory());
		return new ConditionOutcome(used, ConditionMessage.forCondition("Costs")
			.because(used ? "there is a property or a calculator" : "there is no property and no calculator"));
	}

	private static boolean isAnySet(Environment environment) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.containsDescendantOf(COST) != ConfigurationPropertyState.ABSENT) {
				return true;
			}
		}
		return false;
	}

	private static boolean hasCalculator(@Nullable ConfigurableListableBeanFactory beanFactory) {
		return beanFactory != null && BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beanFactory,
				CostCalculator.class, true, false).length > 0;
	}

}
