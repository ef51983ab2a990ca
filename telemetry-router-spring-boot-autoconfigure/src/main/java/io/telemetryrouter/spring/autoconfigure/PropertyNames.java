package io.telemetryrouter.spring.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

	/** A name with characters that Spring Boot drops from a key without brackets. */
	private static final Pattern SPECIAL_KEY = Pattern
		.compile("([\\w-]+\\.(?i:events|handlers))\\.([^\\[\\]]*[^\\w.\\-\\[\\]][^\\[\\]]*)\\.([^.\\[\\]]+)");

	private PropertyNames() {
	}

	/**
	 * Returns the name of a property in a source. Its key, such as a handler's id, keeps
	 * all characters.
	 */
	static ConfigurationPropertyName adapt(String property) {
		Matcher special = SPECIAL_KEY.matcher(property);
		return ConfigurationPropertyName.adapt(special.matches() ? special.replaceFirst("$1[$2].$3") : property, '.');
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
