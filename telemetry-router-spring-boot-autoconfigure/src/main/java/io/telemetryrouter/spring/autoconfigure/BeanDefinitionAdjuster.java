package io.telemetryrouter.spring.autoconfigure;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;

/**
 * Makes routers fallback candidates for the injection of a {@link TelemetryEmitter}, so
 * that a bean that is only an emitter is preferred. Makes properties beans of partners
 * lazy if none of their properties is set. Runs before test support replaces beans.
 */
final class BeanDefinitionAdjuster implements BeanFactoryPostProcessor, PriorityOrdered {

	private static final String PARTNERS = ConfigurationReader.PREFIX + ".";

	private final Environment environment;

	BeanDefinitionAdjuster(Environment environment) {
		this.environment = environment;
	}

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		deferProperties(beanFactory);
		for (String beanName : beanFactory.getBeanNamesForType(TelemetryEmitter.class, true, false)) {
			if (beanFactory.containsBeanDefinition(beanName)
					&& beanFactory.isTypeMatch(beanName, TelemetryRouter.class)) {
				beanFactory.getBeanDefinition(beanName).setFallback(true);
			}
		}
	}

	/**
	 * Defers the binding of a partner's properties until a bean requests them, if none is
	 * set that could be invalid.
	 */
	private void deferProperties(ConfigurableListableBeanFactory beanFactory) {
		for (String beanName : beanFactory.getBeanDefinitionNames()) {
			String prefix = partner(beanName);
			if (prefix != null) {
				// Both ways: an application processed ahead of time keeps what it was
				// then.
				boolean anySet = isAnySet(ConfigurationPropertyName.of(prefix));
				beanFactory.getBeanDefinition(beanName).setLazyInit(!anySet);
			}
		}
	}

	/** Returns the prefix of a partner's properties bean; {@code null} of other beans. */
	static @Nullable String partner(String beanName) {
		int end = beanName.startsWith(PARTNERS) ? beanName.indexOf('-', PARTNERS.length()) : -1;
		return (end > 0) ? beanName.substring(0, end) : null;
	}

	private boolean isAnySet(ConfigurationPropertyName prefix) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			if (source.containsDescendantOf(prefix) == ConfigurationPropertyState.PRESENT) {
				return true;
			}
		}
		return false;
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
