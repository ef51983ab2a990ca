package io.telemetryrouter.spring.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Predicate;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

import io.telemetryrouter.NearestName;
import io.telemetryrouter.spring.autoconfigure.ConfigurationReader.Setting;
import io.telemetryrouter.spring.autoconfigure.KeyedSettings.Value;

/**
 * Environment variables about handlers and events. The name of a variable does not
 * distinguish dots, dashes, underscores and case, which ids and event names contain:
 * {@code TELEMETRY_ROUTER_HANDLERS_COSTTRACKER_ONMODEL_MAX_QUEUE} is about
 * {@code costTracker.onModel}. So ids and names are compared in their uniform form:
 * lower-case letters and digits only.
 */
final class EnvironmentVariables {

	private static final Log logger = LogFactory.getLog(EnvironmentVariables.class);

	private final Map<String, Value> values = new TreeMap<>();

	/** Adds a variable if its name begins with the router's prefix or a similar one. */
	void add(Value variable) {
		if (afterPrefix(variable.property()) != null) {
			this.values.putIfAbsent(variable.property(), variable);
		}
	}

	/** Returns the uniform form of the text after the prefix. */
	private static @Nullable String afterPrefix(String name) {
		String uniform = uniform(name);
		if (uniform.startsWith(PropertyNames.PREFIX)) {
			return uniform.substring(PropertyNames.PREFIX.length());
		}
		String[] parts = name.split("_");
		String prefix = "";
		for (int i = 0; i < parts.length - 1 && i < 2; i++) {
			prefix += uniform(parts[i]);
			if (PropertyNames.isNearPrefix(prefix)) {
				return uniform.substring(prefix.length());
			}
		}
		return null;
	}

	boolean isAny() {
		return !this.values.isEmpty();
	}

	static boolean isEnvironment(PropertySource<?> source) {
		return source.getName().endsWith(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
	}

	/**
	 * Returns the uniform form of a variable's name or an id, in which both are compared.
	 */
	static String uniform(String id) {
		return id.replaceAll("[^\\p{L}\\p{N}]", "").toLowerCase(Locale.ROOT);
	}

	/**
	 * Returns the variables about each key of a map.
	 * @param map the map's property, as in {@code telemetry-router.handlers}
	 * @param settings the settings of a key by their uniform names
	 * @return the variables by the key's uniform form
	 */
	Map<String, KeyedSettings> of(ConfigurationPropertyName map, Map<String, String> settings) {
		String prefix = uniform(map.toString());
		Map<String, KeyedSettings> found = new LinkedHashMap<>();
		this.values.forEach((name, value) -> {
			if (!isOf(map, name)) {
				return;
			}
			String uniform = uniform(name);
			String setting = setting(name, settings);
			int end = uniform.length() - ((setting != null) ? uniform(setting).length() : 0);
			if (setting == null || end <= prefix.length()) {
				logger
					.warn("Environment variable '" + name + "' has no effect: it must end with one of these settings: "
							+ String.join(", ", settings.keySet()).toUpperCase(Locale.ROOT) + ", after "
							+ (map.equals(ConfigurationReader.HANDLERS) ? "a handler's id." : "an event's name."));
				return;
			}
			String key = uniform.substring(prefix.length(), end);
			found.computeIfAbsent(key, (any) -> new KeyedSettings(map, key)).add(setting, value);
		});
		return found;
	}

	private static boolean isOf(ConfigurationPropertyName map, String name) {
		String group = map.getLastElement(ConfigurationPropertyName.Form.UNIFORM);
		return canonical(name).matches("TELEMETRY_?ROUTER_" + group.toUpperCase(Locale.ROOT) + "_.*");
	}

	/** Rejects a variable whose name is that of a group, as a property would be. */
	void requireNoValue(Predicate<String> isGroup) {
		this.values.forEach((name, value) -> {
			String group = canonical(name).replaceFirst("^TELEMETRY_?ROUTER_", "").toLowerCase(Locale.ROOT);
			if (isGroup.test(group)) {
				PropertyMistakes.requireNoValue(new Setting(ConfigurationReader.PREFIX.append(group), value), group);
			}
		});
	}

	private static @Nullable String setting(String name, Map<String, String> settings) {
		for (String setting : settings.values()) {
			String text = setting.toUpperCase(Locale.ROOT);
			if (canonical(name).endsWith("_" + text.replace("-", ""))
					|| canonical(name).endsWith("_" + text.replace('-', '_'))) {
				return setting;
			}
		}
		return null;
	}

	private static String canonical(String name) {
		return name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
	}

	/**
	 * Logs variables that resemble a setting of the router but are not bound by Spring
	 * Boot. Variables without a similar setting are ignored: Kubernetes sets some for
	 * every service.
	 * @param prefix the prefix of the settings
	 * @param settings the settings
	 */
	void reportMisspelt(String prefix, Collection<String> settings) {
		String group = uniform(prefix).substring(PropertyNames.PREFIX.length());
		this.values.keySet().forEach((name) -> {
			String text = Objects.requireNonNull(afterPrefix(name));
			String nearest = text.startsWith(group) ? NearestName.of(text.substring(group.length()), settings) : null;
			if (nearest == null || name.contains(".")) {
				return;
			}
			String setting = prefix + "." + nearest;
			if (!isBound(name, setting)) {
				String variable = variable(setting);
				logger.warn("Environment variable '" + name + "' has no effect. Did you mean '" + variable + "'?");
			}
		});
	}

	private static String variable(String path) {
		return path.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
	}

	/**
	 * Returns whether Spring Boot binds a variable to a setting, which it does in two
	 * forms.
	 */
	private static boolean isBound(String name, String setting) {
		return name.equalsIgnoreCase(variable(setting)) || name.equalsIgnoreCase(canonical(setting));
	}

	/**
	 * Returns the variables about handlers, events or one of the settings of the router
	 * itself.
	 */
	List<String> namesOf(Collection<String> settings) {
		return this.values.keySet()
			.stream()
			.filter((name) -> isOf(ConfigurationReader.HANDLERS, name) || isOf(ConfigurationReader.EVENTS, name)
					|| settings.stream()
						.anyMatch((setting) -> isBound(name, ConfigurationReader.PREFIX + "." + setting)))
			.toList();
	}

}
