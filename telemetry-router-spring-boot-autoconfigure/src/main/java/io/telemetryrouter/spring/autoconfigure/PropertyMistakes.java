package io.telemetryrouter.spring.autoconfigure;

import java.util.Map;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.origin.PropertySourceOrigin;

import io.telemetryrouter.NearestName;
import io.telemetryrouter.spring.autoconfigure.ConfigurationReader.Setting;
import io.telemetryrouter.spring.autoconfigure.KeyedSettings.Value;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Event;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Handler;

/**
 * Describes mistakes in the names of properties.
 */
final class PropertyMistakes {

	private PropertyMistakes() {
	}

	/** Describes a property that does not exist, and suggests a similar one. */
	static InvalidTelemetryRouterPropertyException unknown(Setting setting, ConfigurationPropertyName prefix,
			Map<String, String> settings, int element) {
		ConfigurationPropertyName name = setting.name();
		String unknown = name.getElement(element, Form.UNIFORM);
		String path = PropertyNames.text(name, 0, element);
		String known = String.join(", ", settings.values()) + ".";
		String action = "Remove it, or use one of: " + known;
		if (prefix.equals(ConfigurationReader.EVENTS) || prefix.equals(ConfigurationReader.HANDLERS)) {
			String key = prefix.equals(ConfigurationReader.EVENTS) ? "an event's name" : "a handler's id";
			action = (element == prefix.getNumberOfElements()) ? "Append a setting: " + known
					: "Remove it, or append one of these to " + key + ": " + known;
		}
		String nearest = NearestName.of(unknown, settings.values());
		if (nearest != null) {
			action = "Did you mean '" + path + "." + nearest + "'? " + action;
		}
		return invalid(PropertyNames.text(name), setting.value(), "There is no such property.", action);
	}

	private static InvalidTelemetryRouterPropertyException invalid(String name, Value value, String reason,
			String action) {
		return new InvalidTelemetryRouterPropertyException(name, value.source().getProperty(value.property()),
				PropertySourceOrigin.get(value.source(), value.property()), reason, action);
	}

	/** Rejects settings of an event whose name is a pattern. */
	static void requireName(Setting setting) {
		String property = setting.value().property();
		if (property.indexOf('*') >= 0) {
			throw invalid(property.replace('[', '.').replace("]", ""), setting.value(),
					"The name of an event has no '*': it is a pattern.",
					"Name one event, or set the priority of the handlers under 'telemetry-router.handlers'.");
		}
	}

	/** Rejects a value of a name that is only the beginning of others. */
	static void requireNoValue(Setting setting, String group) {
		if (!isText(setting.value().source().getProperty(setting.value().property()))) {
			return;
		}
		String action = switch (group) {
			case "events" -> "Append an event's name and one of: " + names(Event.class);
			case "handlers" -> "Append a handler's id and one of: " + names(Handler.class);
			default -> "Its properties begin with '" + ConfigurationReader.PREFIX + "." + group + ".'";
		};
		throw invalid(PropertyNames.text(setting.name()), setting.value(),
				InvalidTelemetryRouterPropertyException.GROUP, action + ".");
	}

	private static String names(Class<?> type) {
		return String.join(", ", PropertyNames.settings(type).values());
	}

	/** An empty value is what YAML has for a key without properties. */
	static boolean isText(@Nullable Object value) {
		return value != null && !value.toString().isEmpty();
	}

}
