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
 * What is set for one key of a map. Of several sources that set the same, the first wins.
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
	 * Returns the property that stands for the key.
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
	 * Returns how one value is named where it is set.
	 */
	String property(String setting) {
		Value value = this.values.get(setting);
		return (value != null) ? value.property() : setting;
	}

	/**
	 * Returns how the values are named where they are set, quoted.
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
	 * @param source where it is set
	 * @param property how it is named there
	 * @param order the source's place among all
	 */
	record Value(PropertySource<?> source, String property, int order) {

		@Nullable Object tracked() {
			return OriginTrackedValue.of(this.source.getProperty(this.property),
					PropertySourceOrigin.get(this.source, this.property));
		}

	}

}
