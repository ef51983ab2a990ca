package io.telemetryrouter.spring.autoconfigure;

import java.lang.reflect.RecordComponent;
import java.util.Collection;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

import io.telemetryrouter.NearestName;

/**
 * Analyzes an unknown property of a partner, for example of the journal, and suggests
 * known ones. Spring Boot's own analysis has no suggestions.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnboundPropertyFailureAnalyzer extends AbstractFailureAnalyzer<ConfigurationPropertiesBindException> {

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, ConfigurationPropertiesBindException cause) {
		UnboundConfigurationPropertiesException unbound = findCause(cause,
				UnboundConfigurationPropertiesException.class);
		if (unbound == null || unbound.getUnboundProperties().isEmpty()) {
			return null;
		}
		ConfigurationProperty property = unbound.getUnboundProperties().iterator().next();
		ConfigurationPropertyName name = property.getName();
		ConfigurationPropertyName parent = name.getParent();
		if (!ConfigurationReader.PREFIX.isAncestorOf(name) || parent.getNumberOfElements() != 2) {
			return null;
		}
		Collection<String> settings = settings(cause.getBeanType());
		String nearest = NearestName.of(name.getLastElement(Form.UNIFORM), settings);
		String action = ((nearest != null) ? "Did you mean '" + parent + "." + nearest + "'? " : "")
				+ "Remove it, or use one of: " + String.join(", ", settings) + ".";
		return new InvalidTelemetryRouterPropertyFailureAnalyzer().analyze(cause,
				new InvalidTelemetryRouterPropertyException(ConfigurationReader.text(name), property.getValue(),
						property.getOrigin(), "There is no such property.", action));
	}

	private static Collection<String> settings(Class<?> type) {
		if (!type.isRecord()) {
			return ConfigurationReader.settings(type).values();
		}
		Collection<String> settings = new TreeSet<>();
		for (RecordComponent component : type.getRecordComponents()) {
			settings.add(DataObjectPropertyName.toDashedForm(component.getName()));
		}
		return settings;
	}

}
