package io.telemetryrouter.spring.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;

import io.telemetryrouter.NearestName;

/**
 * Names of properties, as users write them.
 */
final class PropertyNames {

	/**
	 * The prefix of all properties in uniform form: lower-case letters and digits only.
	 */
	static final String PREFIX = "telemetryrouter";

	private PropertyNames() {
	}

	/**
	 * Returns the dashed names of a class's properties by their uniform names.
	 */
	static Map<String, String> settings(Class<?> type) {
		Map<String, String> settings = new TreeMap<>();
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			if (!property.getName().equals("class")) {
				settings.put(property.getName().toLowerCase(Locale.ROOT),
						DataObjectPropertyName.toDashedForm(property.getName()));
			}
		}
		return settings;
	}

	/** Returns whether text is the router's prefix or a similar name. */
	static boolean isNearPrefix(String text) {
		return Math.abs(text.length() - PREFIX.length()) <= 1 && NearestName.of(text, List.of(PREFIX)) != null;
	}

	/** Returns a name as it was written. */
	static String text(ConfigurationPropertyName name) {
		return text(name, 0, name.getNumberOfElements());
	}

	static String text(ConfigurationPropertyName name, int from, int to) {
		StringBuilder text = new StringBuilder();
		for (int i = from; i < to; i++) {
			text.append((i > from) ? "." : "").append(name.getElement(i, Form.ORIGINAL));
		}
		return text.toString();
	}

}
