package io.telemetryrouter.spring.autoconfigure;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.bind.BindResult;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;

import io.telemetryrouter.spring.autoconfigure.KeyedSettings.Value;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Event;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Handler;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Quarantine;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Runs;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Spans;

/**
 * Binds the maps of {@link TelemetryRouterProperties} and checks all its properties.
 * <p>
 * Spring Boot uses one element of a property's name as the key of a map, unless the key
 * is in brackets: for {@code handlers.costTracker.onModel.priority} the key is
 * {@code costTracker}. Handler ids and event names usually contain dots, and brackets are
 * easily forgotten. So here the last element is the setting, and all elements before it
 * are the key. For the same reason unknown names are detected here and not by
 * {@code ignoreUnknownFields = false}.
 */
final class ConfigurationReader {

	private static final Log logger = LogFactory.getLog(ConfigurationReader.class);

	static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("telemetry-router");

	/** As meters begin. */
	private static final ConfigurationPropertyName DOTTED = ConfigurationPropertyName.of("telemetry.router");

	static final ConfigurationPropertyName EVENTS = PREFIX.append("events");

	static final ConfigurationPropertyName HANDLERS = PREFIX.append("handlers");

	static final ConfigurationPropertyName QUARANTINE = PREFIX.append("quarantine");

	/** Nested properties classes by their uniform name. */
	private static final Map<String, Class<?>> GROUPS = Map.of("quarantine", Quarantine.class, "runs", Runs.class,
			"spans", Spans.class);

	/**
	 * Groups with properties classes of their own, which may be absent from the class
	 * path.
	 */
	private static final Set<String> PARTNERS = Set.of("agent", "contracts", "cost", "journal");

	/** Properties that do not affect a router itself. */
	private static final Set<String> ELSEWHERE = Set.of("enabled", "maxeventtags");

	private final ConfigurableEnvironment environment;

	/** All set properties except environment variables, which have no case and dots. */
	private final List<Setting> allSettings = new ArrayList<>();

	private final Set<String> misspelt = new TreeSet<>();

	private final EnvironmentVariables environmentVariables = new EnvironmentVariables();

	private final List<ConfigurationPropertySource> sources = new ArrayList<>();

	private final ConfigurationChecks checks = new ConfigurationChecks(this.sources);

	private final Map<String, Variables<Event>> eventVariables = new LinkedHashMap<>();

	private final Map<String, Variables<Handler>> handlerVariables = new LinkedHashMap<>();

	ConfigurationReader(ConfigurableEnvironment environment) {
		this.environment = environment;
		int order = 0;
		for (PropertySource<?> source : environment.getPropertySources()) {
			if (source instanceof EnumerablePropertySource<?> enumerable
					&& !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source)) {
				find(enumerable, order++);
			}
		}
		ConfigurationPropertySources.get(environment).forEach(this.sources::add);
	}

	private void find(EnumerablePropertySource<?> source, int order) {
		for (String property : source.getPropertyNames()) {
			// A cheap check first, for the many other properties
			if (!property.regionMatches(true, 0, "tele", 0, 4)) {
				continue;
			}
			Value value = new Value(source, property, order);
			if (EnvironmentVariables.isEnvironment(source)) {
				this.environmentVariables.add(value);
				continue;
			}
			ConfigurationPropertyName name = PropertyNames.adapt(property);
			if (PREFIX.isAncestorOf(name)) {
				this.allSettings.add(new Setting(name, value));
			}
			else if (DOTTED.isAncestorOf(name) || hasNearPrefix(name)
					|| (PREFIX.equals(name) && PropertyMistakes.isText(source.getProperty(property)))) {
				this.misspelt.add("'" + property + "'");
			}
		}
	}

	/**
	 * Returns whether a name seems to be meant for the router. An application may have a
	 * similar prefix of its own, so the next element counts, too.
	 */
	private static boolean hasNearPrefix(ConfigurationPropertyName name) {
		if (name.getNumberOfElements() == 1 || !PropertyNames.isNearPrefix(name.getElement(0, Form.UNIFORM))) {
			return false;
		}
		String next = name.getElement(1, Form.UNIFORM);
		return isGroup(next) || PropertyNames.settings(TelemetryRouterProperties.class).containsKey(next);
	}

	/**
	 * Binds and checks the properties.
	 * @param properties the properties of the router itself
	 * @param partners the properties classes of partners by their prefixes
	 */
	void read(TelemetryRouterProperties properties, Supplier<Map<String, Class<?>>> partners) {
		checkNames(PREFIX, TelemetryRouterProperties.class);
		GROUPS.forEach((group, type) -> checkNames(PREFIX.append(group), type));
		this.environmentVariables.requireNoValue(ConfigurationReader::isGroup);
		readMap(EVENTS, Event.class, properties.getEvents(), this.eventVariables);
		readMap(HANDLERS, Handler.class, properties.getHandlers(), this.handlerVariables);
		this.checks.checkAll(properties);
		if (!this.misspelt.isEmpty()) {
			logger.warn("Properties " + String.join(", ", this.misspelt)
					+ " have no effect on the telemetry router: its properties begin with '" + PREFIX + ".', as '"
					+ PREFIX + ".enabled' does.");
		}
		if (this.environmentVariables.isAny()) {
			this.environmentVariables.reportMisspelt(PREFIX.toString(), scalars().values());
			partners.get()
				.forEach((prefix, type) -> this.environmentVariables.reportMisspelt(prefix,
						UnboundPropertyFailureAnalyzer.scalars(type)));
		}
	}

	private static Map<String, String> scalars() {
		Map<String, String> scalars = PropertyNames.settings(TelemetryRouterProperties.class);
		scalars.keySet().removeAll(Set.of("events", "handlers"));
		scalars.keySet().removeAll(GROUPS.keySet());
		GROUPS.forEach((group, type) -> PropertyNames.settings(type)
			.forEach((uniform, name) -> scalars.put(group + uniform, group + "." + name)));
		return scalars;
	}

	/** Returns the variables about events without other properties, by uniform name. */
	Map<String, Variables<Event>> eventVariables() {
		return this.eventVariables;
	}

	/** Returns the variables about handlers without other properties, by uniform id. */
	Map<String, Variables<Handler>> handlerVariables() {
		return this.handlerVariables;
	}

	/** Returns where a property is set, if any source has it. */
	@Nullable Origin origin(ConfigurationPropertyName name) {
		ConfigurationProperty property = this.checks.find(name);
		return (property != null) ? property.getOrigin() : null;
	}

	/**
	 * Returns the names of the set properties that a {@code TelemetryRouterBuilder}
	 * applies.
	 */
	Set<String> namesForBuilder() {
		Set<String> names = new TreeSet<>();
		for (Setting setting : this.allSettings) {
			String first = setting.name().getElement(PREFIX.getNumberOfElements(), Form.UNIFORM);
			if (first.equals("contracts") || (!ELSEWHERE.contains(first) && !PARTNERS.contains(first))) {
				names.add(PropertyNames.text(setting.name()));
			}
		}
		if (this.environmentVariables.isAny()) {
			Map<String, String> scalars = scalars();
			scalars.keySet().removeAll(ELSEWHERE);
			names.addAll(this.environmentVariables.namesOf(scalars.values()));
		}
		return names;
	}

	/** Returns the values of all set properties, as they are in their sources. */
	Map<String, String> values() {
		Map<String, String> values = new HashMap<>();
		for (Setting setting : this.allSettings) {
			String property = setting.value().property();
			values.putIfAbsent(property, String.valueOf(setting.value().source().getProperty(property)));
		}
		return values;
	}

	private void checkNames(ConfigurationPropertyName prefix, Class<?> type) {
		List<Setting> set = under(prefix);
		// Introspecting the class is the most expensive step
		Map<String, String> settings = set.isEmpty() ? Map.of() : PropertyNames.settings(type);
		for (Setting setting : set) {
			ConfigurationPropertyName name = setting.name();
			String first = name.getElement(prefix.getNumberOfElements(), Form.UNIFORM);
			boolean nested = name.getNumberOfElements() > prefix.getNumberOfElements() + 1;
			if (!nested && prefix.equals(PREFIX) && isGroup(first)) {
				PropertyMistakes.requireNoValue(setting, first);
				continue;
			}
			boolean known = nested ? prefix.equals(PREFIX) && isGroup(first) : settings.containsKey(first);
			if (!known) {
				throw PropertyMistakes.unknown(setting, prefix, settings, prefix.getNumberOfElements());
			}
		}
	}

	private static boolean isGroup(String element) {
		return element.equals("events") || element.equals("handlers") || GROUPS.containsKey(element)
				|| PARTNERS.contains(element);
	}

	private <T> void readMap(ConfigurationPropertyName prefix, Class<T> type, Map<String, T> target,
			Map<String, Variables<T>> variables) {
		target.clear();
		List<Setting> set = under(prefix);
		if (set.isEmpty() && !this.environmentVariables.isAny()) {
			return;
		}
		Map<String, String> settings = PropertyNames.settings(type);
		Map<String, KeyedSettings> keys = new LinkedHashMap<>();
		for (Setting setting : set) {
			if (prefix.equals(EVENTS)) {
				PropertyMistakes.requireName(setting);
			}
			ConfigurationPropertyName name = setting.name();
			int last = name.getNumberOfElements() - 1;
			String known = settings.get(name.getElement(last, Form.UNIFORM));
			if (last == prefix.getNumberOfElements() || known == null) {
				throw PropertyMistakes.unknown(setting, prefix, settings, last);
			}
			String key = PropertyNames.text(name, prefix.getNumberOfElements(), last);
			keys.computeIfAbsent(key, (any) -> new KeyedSettings(prefix, key)).add(known, setting.value());
		}
		this.environmentVariables.of(prefix, settings)
			.forEach((uniform, variable) -> readVariables(uniform, variable, type, keys, variables));
		keys.forEach((key, keyed) -> bind(keyed, type).ifBound((value) -> target.put(key, value)));
	}

	/**
	 * Adds variables about a key with other properties to these. Other variables are kept
	 * until the handler or event is registered.
	 */
	private <T> void readVariables(String uniform, KeyedSettings variable, Class<T> type,
			Map<String, KeyedSettings> keys, Map<String, Variables<T>> variables) {
		BindResult<T> bound = bind(variable, type);
		List<String> same = keys.keySet()
			.stream()
			.filter((key) -> EnvironmentVariables.uniform(key).equals(uniform))
			.toList();
		if (same.isEmpty()) {
			bound.ifBound((value) -> variables.put(uniform, new Variables<>(value, variable)));
		}
		else if (same.size() == 1) {
			Objects.requireNonNull(keys.get(same.get(0))).addAll(variable);
		}
		else {
			logger.warn("Environment variable " + variable + " has no effect: '" + String.join("' and '", same)
					+ "' both match it. Use a property to set one of them.");
		}
	}

	private <T> BindResult<T> bind(KeyedSettings keyed, Class<T> type) {
		ConfigurationPropertySource source = keyed.source();
		this.sources.add(0, source);
		BindResult<T> result = new Binder(List.of(source), new PropertySourcesPlaceholdersResolver(this.environment))
			.bind(keyed.name(), Bindable.of(type));
		result.ifBound((value) -> this.checks.checkEntry(keyed.name(), value));
		return result;
	}

	private List<Setting> under(ConfigurationPropertyName prefix) {
		List<Setting> under = new ArrayList<>();
		for (Setting setting : this.allSettings) {
			if (prefix.isAncestorOf(setting.name())) {
				under.add(setting);
			}
		}
		return under;
	}

	/**
	 * The environment variables about one key.
	 *
	 * @param <T> the type of the settings
	 * @param value the bound settings
	 * @param settings the variables
	 */
	record Variables<T>(T value, KeyedSettings settings) {
	}

	/** A property under the router's prefix that is set. */
	record Setting(ConfigurationPropertyName name, Value value) {
	}

}
