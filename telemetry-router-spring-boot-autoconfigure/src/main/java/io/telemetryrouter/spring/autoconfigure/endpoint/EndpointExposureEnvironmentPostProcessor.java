package io.telemetryrouter.spring.autoconfigure.endpoint;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;

/**
 * Makes {@code health,telemetryrouter} the default of
 * {@code management.endpoints.web.exposure.include} in place of Boot's {@code health}.
 * <p>
 * Boot has no hook to extend that default: an {@code EndpointExposureOutcomeContributor}
 * only decides whether the endpoint's bean is created, while the filter of the web
 * endpoints reads the property alone. So the default is a property, and as such visible
 * in the {@code env} endpoint. It goes to Boot's default properties, which stay behind
 * every other source (those added later by {@code @PropertySource} too), and only if
 * nothing is set yet: what the application says always wins.
 */
class EndpointExposureEnvironmentPostProcessor implements EnvironmentPostProcessor, Ordered {

	private static final String INCLUDE = "management.endpoints.web.exposure.include";

	private static final String MARKER_CLASS = "org.springframework.boot.actuate.autoconfigure.endpoint.web.WebEndpointAutoConfiguration";

	@Override
	public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
		if (ClassUtils.isPresent(MARKER_CLASS, application.getClassLoader()) && !isSet(environment)) {
			DefaultPropertiesPropertySource.addOrMerge(Map.of(INCLUDE, "health,telemetryrouter"),
					environment.getPropertySources());
		}
	}

	private boolean isSet(ConfigurableEnvironment environment) {
		// As a list, too. Binding one takes milliseconds here
		return environment.containsProperty(INCLUDE) || environment.containsProperty(INCLUDE + "[0]");
	}

	/**
	 * Runs after the configuration files have been read.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
