package io.telemetryrouter.spring.autoconfigure.endpoint;

import java.util.Map;

import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.DefaultPropertiesPropertySource;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;

/**
 * Changes the default of {@code management.endpoints.web.exposure.include} from
 * {@code health} to {@code health,telemetryrouter}.
 * <p>
 * Spring Boot has no extension point for that default: an
 * {@code EndpointExposureOutcomeContributor} only determines whether the endpoint's bean
 * is created, while the filter of web endpoints reads the property. So this class sets
 * the property, which the {@code env} endpoint shows, and only if no source has it. It is
 * added to Spring Boot's default properties, which have the lowest precedence, also after
 * {@code @PropertySource}s: a value of the application always takes precedence.
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
		// The second form is a list. Binding the property would take milliseconds
		return environment.containsProperty(INCLUDE) || environment.containsProperty(INCLUDE + "[0]");
	}

	/**
	 * Runs after the post-processor that reads the configuration files.
	 */
	@Override
	public int getOrder() {
		return Ordered.LOWEST_PRECEDENCE;
	}

}
