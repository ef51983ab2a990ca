package io.telemetryrouter.spring.autoconfigure;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;

import org.springframework.context.ApplicationEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.GenericApplicationListener;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.util.ClassUtils;

/**
 * Logs which properties of the router have changed when Spring Cloud announces a change.
 * Spring Cloud then binds properties again, but a router does not change.
 */
final class ChangedProperties implements GenericApplicationListener {

	private static final Log logger = LogFactory.getLog(ChangedProperties.class);

	private static final String EVENT = "org.springframework.cloud.context.environment.EnvironmentChangeEvent";

	private final ConfigurableEnvironment environment;

	/** The values that were reported last. Guarded by this. */
	private Map<String, String> known;

	private ChangedProperties(ConfigurableEnvironment environment, Map<String, String> known) {
		this.environment = environment;
		this.known = known;
	}

	/** Observes the properties of a context if it has Spring Cloud. */
	static void observe(ConfigurableApplicationContext context, ConfigurationReader configuration) {
		if (ClassUtils.isPresent(EVENT, context.getClassLoader())) {
			context.addApplicationListener(new ChangedProperties(context.getEnvironment(), configuration.values()));
		}
	}

	/** The result is cached for each type, so other events cost nothing. */
	@Override
	public boolean supportsEventType(ResolvableType eventType) {
		return eventType.toClass().getName().equals(EVENT);
	}

	@Override
	public synchronized void onApplicationEvent(ApplicationEvent event) {
		Map<String, String> values = new ConfigurationReader(this.environment).values();
		Set<String> names = new TreeSet<>(values.keySet());
		names.addAll(this.known.keySet());
		names.removeIf((name) -> Objects.equals(values.get(name), this.known.get(name)));
		this.known = values;
		if (!names.isEmpty()) {
			logger.warn("Properties '" + String.join("', '", names) + "' have changed, which has no effect before a"
					+ " restart: the telemetry router reads its properties once.");
		}
	}

}
