package io.telemetryrouter.spring.autoconfigure;

import java.beans.PropertyDescriptor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindException;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.util.ClassUtils;

import io.telemetryrouter.NearestName;

/**
 * Analyzes an unknown property of a partner, for example of the journal, and suggests
 * known ones. Spring Boot's own analysis has no suggestions.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnboundPropertyFailureAnalyzer extends AbstractFailureAnalyzer<ConfigurationPropertiesBindException> {

	private static final String OWN = ClassUtils.getPackageName(UnboundPropertyFailureAnalyzer.class) + ".";

	@Override
	protected @Nullable FailureAnalysis analyze(Throwable rootFailure, ConfigurationPropertiesBindException cause) {
		UnboundConfigurationPropertiesException unbound = findCause(cause,
				UnboundConfigurationPropertiesException.class);
		if (unbound == null || unbound.getUnboundProperties().isEmpty()) {
			return null;
		}
		ConfigurationProperty property = unbound.getUnboundProperties().iterator().next();
		if (!ConfigurationReader.PREFIX.isAncestorOf(property.getName())) {
			return null;
		}
		ConfigurationPropertyName name = property.getName();
		if (String.valueOf(property.getValue()).isEmpty()) {
			return new InvalidTelemetryRouterPropertyFailureAnalyzer().analyze(cause,
					new InvalidTelemetryRouterPropertyException(text(name), property.getValue(), property.getOrigin(),
							"It has no value.", "Set it, or remove it."));
		}
		return new InvalidTelemetryRouterPropertyFailureAnalyzer().analyze(cause,
				new InvalidTelemetryRouterPropertyException(text(name), property.getValue(), property.getOrigin(),
						"There is no such property.", action(name, ResolvableType.forClass(cause.getBeanType()), 2)));
	}

	/** Returns a name as it was written, with brackets around indexes. */
	static String text(ConfigurationPropertyName name) {
		return PropertyNames.text(name).replaceAll("\\.(\\d+)(?=\\.|$)", "[$1]");
	}

	/**
	 * Returns what to write instead.
	 * @param name the name that was written
	 * @param type what so many of its elements lead to
	 * @param element the number of these elements
	 */
	private static String action(ConfigurationPropertyName name, ResolvableType type, int element) {
		String path = text(name.chop(element));
		if (Collection.class.isAssignableFrom(type.toClass())) {
			return name.isNumericIndex(element) ? action(name, type.getGeneric(), element + 1)
					: "Write each entry of the list '" + path + "' behind a '-', with: "
							+ String.join(", ", names(type.getGeneric().toClass())) + ".";
		}
		if (!isGroup(type.toClass())) {
			return "Remove it: '" + path + "' is a single value.";
		}
		Map<String, Setting> settings = settings(type.toClass());
		String unknown = name.getElement(element, Form.UNIFORM);
		Setting known = settings.get(unknown);
		if (known != null && element + 1 < name.getNumberOfElements()) {
			return action(name, known.type(), element + 1);
		}
		String nearest = NearestName.of(unknown, names(settings));
		return ((nearest != null) ? "Did you mean '" + path + "." + nearest + "'? " : "") + "Remove it, or use one of: "
				+ String.join(", ", names(settings)) + ".";
	}

	/**
	 * Returns whether a type is a properties class, whose properties have a common
	 * prefix.
	 */
	static boolean isGroup(Class<?> type) {
		return type.getName().startsWith(OWN);
	}

	/** Returns the names of the settings of a properties class. */
	static Collection<String> names(Class<?> type) {
		return names(settings(type));
	}

	/** Returns the names of the values of a properties class and its groups. */
	static Collection<String> scalars(Class<?> type) {
		List<String> scalars = new ArrayList<>();
		settings(type).values().forEach((setting) -> {
			Class<?> nested = setting.type().toClass();
			if (isGroup(nested)) {
				scalars(nested).forEach((name) -> scalars.add(setting.name() + "." + name));
			}
			else if (!Collection.class.isAssignableFrom(nested)) {
				scalars.add(setting.name());
			}
		});
		return scalars;
	}

	private static Collection<String> names(Map<String, Setting> settings) {
		return settings.values().stream().map(Setting::name).toList();
	}

	/** Returns the settings of a properties class by their uniform names. */
	private static Map<String, Setting> settings(Class<?> type) {
		Map<String, Setting> settings = new TreeMap<>();
		if (type.isRecord()) {
			for (RecordComponent component : type.getRecordComponents()) {
				add(component.getName(), component.getAccessor(), settings);
			}
			return settings;
		}
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			if (!property.getName().equals("class") && property.getReadMethod() != null) {
				add(property.getName(), property.getReadMethod(), settings);
			}
		}
		return settings;
	}

	private static void add(String name, Method accessor, Map<String, Setting> settings) {
		settings.put(name.toLowerCase(Locale.ROOT),
				new Setting(DataObjectPropertyName.toDashedForm(name), ResolvableType.forMethodReturnType(accessor)));
	}

	private record Setting(String name, ResolvableType type) {
	}

}
