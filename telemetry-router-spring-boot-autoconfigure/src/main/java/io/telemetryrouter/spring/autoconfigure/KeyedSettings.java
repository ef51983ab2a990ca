package io.telemetryrouter.spring.autoconfigure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.PropertySource;

/**
 * The settings of one key of a map. If several sources have the same setting, the source
 * with the highest precedence applies.
 */
final class KeyedSettings {

	private final ConfigurationPropertyName name;

	private final Map<String, Value> values = new LinkedHashMap<>();

	/**
	 * Creates settings without any value.
	 * @param map the map's property, as in {@code telemetry-router.handlers}
	 * @param key the key
	 */
	KeyedSettings(ConfigurationPropertyName map, String key) {
		this.name = map.append("[" + key + "]");
	}

	void add(String setting, Value value) {
		this.values.merge(setting, value, (one, other) -> (other.order() < one.order()) ? other : one);
	}

	void addAll(KeyedSettings others) {
		others.values.forEach(this::add);
	}

	/**
	 * Returns the property name of the key.
	 */
	ConfigurationPropertyName name() {
		return this.name;
	}

	/**
	 * Returns the values as properties.
	 */
	ConfigurationPropertySource source() {
		Map<String, Object> properties = new LinkedHashMap<>();
		this.values.forEach((setting, value) -> properties.put(this.name.append(setting).toString(), value.tracked()));
		ConfigurationPropertySource source = ConfigurationPropertySource
			.from(new OriginTrackedMapPropertySource(this.name.toString(), properties));
		if (source == null) {
			throw new IllegalStateException("No source for " + this);
		}
		return source;
	}

	/**
	 * Returns the name of a setting in its source.
	 */
	String property(String setting) {
		Value value = this.values.get(setting);
		return (value != null) ? value.property() : setting;
	}

	/**
	 * Returns the quoted names of the settings in their sources.
	 */
	@Override
	public String toString() {
		List<String> names = new ArrayList<>();
		this.values.values().forEach((value) -> names.add("'" + value.property() + "'"));
		return String.join(", ", names);
	}

	/**
	 * A value.
	 *
	 * @param source the source
	 * @param property the property's name in the source
	 * @param order the position of the source; a lower one takes precedence
	 */
	record Value(PropertySource<?> source, String property, int order) {

		@Nullable Object tracked() {
			return OriginTrackedValue.of(this.source.getProperty(this.property),
					PropertySourceOrigin.get(this.source, this.property));
		}

	}

}
