package io.telemetryrouter.spring.autoconfigure;

import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.ConfigurationCondition;
import org.springframework.core.type.AnnotatedTypeMetadata;

import io.telemetryrouter.TelemetryRouter;

/**
 * Matches if there is a {@link TelemetryRouter} bean. Checks the name of a bean of the
 * router's auto-configuration first, which always comes with a router: a check by name is
 * much faster than one by type.
 *
 * @since 0.1.0
 */
public final class OnRouterCondition extends SpringBootCondition implements ConfigurationCondition {

	static final String MARKER = "telemetryRouterBuilderFactory";

	@Override
	public ConfigurationPhase getConfigurationPhase() {
		return ConfigurationPhase.REGISTER_BEAN;
	}

	@Override
	public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
		ConfigurableListableBeanFactory beanFactory = context.getBeanFactory();
		boolean found = beanFactory != null && (beanFactory.containsBean(MARKER) || BeanFactoryUtils
			.beanNamesForTypeIncludingAncestors(beanFactory, TelemetryRouter.class, true, false).length > 0);
		return new ConditionOutcome(found, ConditionMessage.forCondition("Telemetry router")
			.because(found ? "there is a bean" : "there is no bean"));
	}

}
