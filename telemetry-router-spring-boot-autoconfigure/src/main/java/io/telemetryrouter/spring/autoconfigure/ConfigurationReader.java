package io.telemetryrouter.spring.autoconfigure;

import java.beans.PropertyDescriptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import org.jspecify.annotations.Nullable;

import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;

import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Event;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Handler;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Quarantine;

/**
 * Completes and checks what Boot has bound to {@link TelemetryRouterProperties}.
 * <p>
 * Boot takes one segment of a property's name for a map's key, unless the key stands in
 * brackets: it reads {@code handlers.costTracker.onModel.priority} as something about a
 * handler {@code costTracker}. Handler ids and event names usually have dots, and nobody
 * thinks of brackets. So here the last segment is the setting, and everything before it
 * the key. For the same reason unknown names are found here and not by
 * {@code ignoreUnknownFields = false}.
 */
final class ConfigurationReader {

	private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("telemetry-router");

	static final ConfigurationPropertyName EVENTS = PREFIX.append("events");

	static final ConfigurationPropertyName HANDLERS = PREFIX.append("handlers");

	private static final ConfigurationPropertyName QUARANTINE = PREFIX.append("quarantine");

	/**
	 * Groups that properties classes of their own look after, which need not be on the
	 * class path.
	 */
	private static final Set<String> PARTNERS = Set.of("kafka", "redis", "sqs");

	/** What has nothing to do with a router itself. */
	private static final Set<String> ELSEWHERE = Set.of("enabled", "maxeventtags");

	private final ConfigurableEnvironment environment;

	/** All that is set. */
	private final List<Setting> set;

	ConfigurationReader(ConfigurableEnvironment environment) {
		this.environment = environment;
		this.set = find(environment);
	}

	private static List<Setting> find(ConfigurableEnvironment environment) {
		List<Setting> set = new ArrayList<>();
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(environment)) {
			if (source instanceof IterableConfigurationPropertySource iterable) {
				for (ConfigurationPropertyName name : iterable) {
					if (PREFIX.isAncestorOf(name)) {
						set.add(new Setting(name, source));
					}
				}
			}
		}
		return set;
	}

	void read(TelemetryRouterProperties properties) {
		checkNames(PREFIX, TelemetryRouterProperties.class);
		checkNames(QUARANTINE, Quarantine.class);
		readMap(EVENTS, Event.class, properties.getEvents());
		readMap(HANDLERS, Handler.class, properties.getHandlers());
		checkValues(properties);
	}

	/**
	 * Returns what is set for routers, not for that which looks after them.
	 */
	Set<String> namesForBuilder() {
		Set<String> names = new TreeSet<>();
		for (Setting setting : this.set) {
			String first = setting.name().getElement(PREFIX.getNumberOfElements(), Form.UNIFORM);
			if (!ELSEWHERE.contains(first) && !PARTNERS.contains(first)) {
				names.add(text(setting.name()));
			}
		}
		return names;
	}

	private void checkNames(ConfigurationPropertyName prefix, Class<?> type) {
		List<Setting> set = under(prefix);
		// Looking at the class takes longer than all else
		Map<String, String> settings = set.isEmpty() ? Map.of() : settings(type);
		for (Setting setting : set) {
			ConfigurationPropertyName name = setting.name();
			String first = name.getElement(prefix.getNumberOfElements(), Form.UNIFORM);
			boolean nested = name.getNumberOfElements() > prefix.getNumberOfElements() + 1;
			boolean known = nested ? prefix.equals(PREFIX) && isGroup(first) : settings.containsKey(first);
			if (!known) {
				failUnknown(setting, prefix, settings, prefix.getNumberOfElements());
			}
		}
	}

	private static boolean isGroup(String element) {
		return element.equals("events") || element.equals("handlers") || element.equals("quarantine")
				|| PARTNERS.contains(element);
	}

	private <T> void readMap(ConfigurationPropertyName prefix, Class<T> type, Map<String, T> target) {
		target.clear();
		List<Setting> set = under(prefix);
		if (set.isEmpty()) {
			return;
		}
		Map<String, String> settings = settings(type);
		Map<ConfigurationPropertyName, String> keys = new LinkedHashMap<>();
		for (Setting setting : set) {
			ConfigurationPropertyName name = setting.name();
			int last = name.getNumberOfElements() - 1;
			if (last == prefix.getNumberOfElements() || !settings.containsKey(name.getElement(last, Form.UNIFORM))) {
				failUnknown(setting, prefix, settings, last);
			}
			else {
				keys.merge(name.getParent(), text(name, prefix.getNumberOfElements(), last),
						(one, other) -> hasUpperCase(one) ? one : other);
			}
		}
		// One key may have been written both ways; the sources that win come first
		List<ConfigurationPropertyName> names = new ArrayList<>(keys.keySet());
		Collections.reverse(names);
		Binder binder = Binder.get(this.environment);
		for (ConfigurationPropertyName name : names) {
			String key = Objects.requireNonNull(keys.get(name));
			binder.bind(name, bindable(type, target.get(key))).ifBound((value) -> {
				checkEntry(name, key, value);
				target.put(key, value);
			});
		}
	}

	/**
	 * Names from environment variables have lost their case.
	 */
	private static boolean hasUpperCase(String text) {
		return !text.equals(text.toLowerCase(Locale.ROOT));
	}

	private static <T> Bindable<T> bindable(Class<T> type, @Nullable T existing) {
		Bindable<T> bindable = Bindable.of(type);
		return (existing != null) ? bindable.withExistingValue(existing) : bindable;
	}

	private void checkEntry(ConfigurationPropertyName name, String key, Object entry) {
		if (entry instanceof Handler handler) {
			requireAtLeast(1, name.append("max-queue"), handler.getMaxQueue());
			requireAtLeast(1, name.append("concurrency"), handler.getConcurrency());
		}
		if (entry instanceof Event event && key.indexOf('*') >= 0) {
			throw invalid(name.append("priority"), event.getPriority(), "'" + key + "' is a pattern.",
					"Name one event, or set the priority of the handlers under 'telemetry-router.handlers'.");
		}
	}

	private void checkValues(TelemetryRouterProperties properties) {
		requireAtLeast(1, PREFIX.append("max-handler-queue"), properties.getMaxHandlerQueue());
		requireAtLeast(1, PREFIX.append("max-depth"), properties.getMaxDepth());
		requireAtLeast(1, PREFIX.append("max-nested-emits"), properties.getMaxNestedEmits());
		requireAtLeast(1, PREFIX.append("max-event-names"), properties.getMaxEventNames());
		requireAtLeast(1, PREFIX.append("max-event-tags"), properties.getMaxEventTags());
		requireAtLeast(0, PREFIX.append("max-held-events"), properties.getMaxHeldEvents());
		requireTime(false, PREFIX.append("block-timeout"), properties.getBlockTimeout());
		requireTime(false, PREFIX.append("slow-threshold"), properties.getSlowThreshold());
		requireTime(true, PREFIX.append("shutdown-timeout"), properties.getShutdownTimeout());
		requireTime(true, PREFIX.append("stuck-threshold"), properties.getStuckThreshold());
		requireTime(true, PREFIX.append("handler-timeout"), properties.getHandlerTimeout());
		checkQuarantine(properties.getQuarantine());
	}

	private void checkQuarantine(Quarantine quarantine) {
		requireAtLeast(1, QUARANTINE.append("failures"), quarantine.getFailures());
		double rate = quarantine.getFailureRate();
		if (!(rate > 0 && rate <= 1)) {
			ConfigurationPropertyName name = QUARANTINE.append("failure-rate");
			throw invalid(name, rate, "Share must be greater than 0 and at most 1.",
					"Set '" + text(name) + "' to a number such as '0.8'.");
		}
		requireTime(false, QUARANTINE.append("window"), quarantine.getWindow());
		requireAtLeast(1, QUARANTINE.append("minimum-calls"), quarantine.getMinimumCalls());
		requireTime(false, QUARANTINE.append("delay"), quarantine.getDelay());
		requireTime(false, QUARANTINE.append("max-delay"), quarantine.getMaxDelay());
		if (quarantine.getMaxDelay().compareTo(quarantine.getDelay()) < 0) {
			ConfigurationPropertyName name = QUARANTINE.append("max-delay");
			String delay = text(QUARANTINE.append("delay"));
			throw invalid(name, quarantine.getMaxDelay(),
					"Duration must not be shorter than '" + delay + "', which is " + quarantine.getDelay() + ".",
					"Raise '" + text(name) + "', or lower '" + delay + "'.");
		}
	}

	private void requireAtLeast(int minimum, ConfigurationPropertyName name, @Nullable Integer value) {
		if (value != null && value < minimum) {
			throw invalid(name, value, "Value must be at least " + minimum + ".",
					"Set '" + text(name) + "' to a number of at least " + minimum + ".");
		}
	}

	private void requireTime(boolean zero, ConfigurationPropertyName name, Duration value) {
		if (value.isNegative() || (!zero && value.isZero())) {
			String reason = zero ? "not be negative" : "be positive";
			throw invalid(name, value, "Duration must " + reason + ".",
					"Set '" + text(name) + "' to a duration such as '100ms' or '5s'; it must " + reason + ".");
		}
	}

	private InvalidTelemetryRouterPropertyException invalid(ConfigurationPropertyName name, @Nullable Object value,
			String reason, String action) {
		for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
			ConfigurationProperty property = source.getConfigurationProperty(name);
			if (property != null) {
				return new InvalidTelemetryRouterPropertyException(text(name), property.getValue(),
						property.getOrigin(), reason, action);
			}
		}
		return new InvalidTelemetryRouterPropertyException(text(name), value, null, reason, action);
	}

	private void failUnknown(Setting setting, ConfigurationPropertyName prefix, Map<String, String> settings,
			int element) {
		if (isEnvironment(setting.source())) {
			return;
		}
		ConfigurationPropertyName name = setting.name();
		String unknown = name.getElement(element, Form.UNIFORM);
		String path = text(name, 0, element);
		boolean map = prefix.equals(EVENTS) || prefix.equals(HANDLERS);
		String action = (map && element == prefix.getNumberOfElements())
				? "Put a setting behind it: " + String.join(", ", settings.values()) + "."
				: "Remove it, or use one of: " + String.join(", ", settings.values()) + ".";
		String nearest = NearestName.of(unknown, settings);
		if (nearest != null) {
			action = "Did you mean '" + path + "." + nearest + "'? " + action;
		}
		throw invalid(name, null, "There is no such property.", action);
	}

	/*
	 * Variables that only look like ours are none of the application's fault: Kubernetes
	 * sets some for every service.
	 */
	private static boolean isEnvironment(ConfigurationPropertySource source) {
		return source.getUnderlyingSource() instanceof PropertySource<?> propertySource
				&& propertySource.getName().endsWith(StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME);
	}

	private List<Setting> under(ConfigurationPropertyName prefix) {
		List<Setting> under = new ArrayList<>();
		for (Setting setting : this.set) {
			if (prefix.isAncestorOf(setting.name())) {
				under.add(setting);
			}
		}
		return under;
	}

	/**
	 * Returns the dashed names of a class's properties by their uniform names.
	 */
	private static Map<String, String> settings(Class<?> type) {
		Map<String, String> settings = new TreeMap<>();
		for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
			if (!property.getName().equals("class")) {
				settings.put(property.getName().toLowerCase(Locale.ROOT),
						DataObjectPropertyName.toDashedForm(property.getName()));
			}
		}
		return settings;
	}

	private static String text(ConfigurationPropertyName name) {
		return text(name, 0, name.getNumberOfElements());
	}

	private static String text(ConfigurationPropertyName name, int from, int to) {
		StringBuilder text = new StringBuilder();
		for (int i = from; i < to; i++) {
			text.append((i > from) ? "." : "").append(name.getElement(i, Form.ORIGINAL));
		}
		return text.toString();
	}

	/** A name of ours that a source has a value for. */
	private record Setting(ConfigurationPropertyName name, ConfigurationPropertySource source) {
	}

}
