package io.telemetryrouter.spring.autoconfigure;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.PriorityOrdered;

import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;

/**
 * Lets a router, which is an emitter too, be injected as one only if there is no other
 * bean that is just an emitter. Runs before a test replaces beans.
 */
final class FallbackRouters implements BeanFactoryPostProcessor, PriorityOrdered {

	@Override
	public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
		for (String beanName : beanFactory.getBeanNamesForType(TelemetryEmitter.class, true, false)) {
			if (beanFactory.containsBeanDefinition(beanName)
					&& beanFactory.isTypeMatch(beanName, TelemetryRouter.class)) {
				beanFactory.getBeanDefinition(beanName).setFallback(true);
			}
		}
	}

	@Override
	public int getOrder() {
		return LOWEST_PRECEDENCE;
	}

}
