package io.telemetryrouter.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Map;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.aot.AotDetector;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Names properties that decide which beans there are and have other values now than when
 * the application was processed ahead of time, which decided it.
 */
final class FrozenConditions {

	private static final Log logger = LogFactory.getLog(FrozenConditions.class);

	/** Properties without which a bean is not there, and that bean. */
	private static final Map<String, String> BEANS = new LinkedHashMap<>();
	static {
		BEANS.put("telemetry-router.journal.enabled", "telemetryRouterJournalSubscription");
		BEANS.put("telemetry-router.contracts.convert-maps", "telemetryRouterMapConversion");
		BEANS.put("telemetry-router.cost.prices", "telemetryRouterCostRecorder");
		BEANS.put("telemetry-router.cost.budgets", "telemetryRouterCostRecorder");
	}

	private static final String REASON = " effect: this application was processed ahead of time (AOT) ";

	private FrozenConditions() {
	}

	static void report(ConfigurableEnvironment environment, BeanFactory beanFactory, boolean enabled) {
		if (!enabled || !AotDetector.useGeneratedArtifacts()) {
			return;
		}
		if (!beanFactory.containsBean("telemetryListenerProcessor")) {
			logger.warn(
					"Property 'telemetry-router.enabled' has no" + REASON + "with 'false'. Set it for the build, too.");
			return;
		}
		BEANS.forEach((property, bean) -> {
			boolean isThere = beanFactory.containsBean(bean);
			String value = environment.getProperty(property);
			if (!isThere && !"false".equals(value) && isSet(environment, ConfigurationPropertyName.of(property))) {
				logger.warn("Property '" + property + "' has no" + REASON + "without it. Set it for the build, too.");
			}
			else if (isThere && "false".equals(value)) {
				logger.warn("Property '" + property + "' is 'false', which has no" + REASON
						+ "with 'true'. Set it for the build, too.");
			}
		});
	}

	private static boolean isSet(ConfigurableEnvironment environment, ConfigurationPropertyName name) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source.getConfigurationProperty(name) != null
					|| source.containsDescendantOf(name) == ConfigurationPropertyState.PRESENT) {
				return true;
			}
		}
		return false;
	}

}
