package io.telemetryrouter.spring.autoconfigure;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.HandlerSpecCustomizer;
import io.telemetryrouter.NearestName;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.spring.autoconfigure.ConfigurationReader.Variables;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Event;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Handler;

/**
 * Applies the configuration of ids and events to handlers, regardless of the caller that
 * subscribes them, and reports configured ids and events without a handler. Properties
 * contain the exact id or event name. Environment variables cannot, so they are matched
 * by its uniform form.
 */
final class ConfiguredHandlers implements HandlerSpecCustomizer {

	private static final String HANDLERS = "telemetry-router.handlers.";

	private static final String EVENTS = "telemetry-router.events.";

	private static final Map<String, String> YAML_BOOLEANS = Map.of("on", "true", "yes", "true", "off", "false", "no",
			"false");

	private static final Log logger = LogFactory.getLog(ConfiguredHandlers.class);

	private final boolean enabled;

	private final ConfigurationReader configuration;

	private final Map<String, Event> events;

	private final Map<String, Handler> handlers;

	private final Map<String, Variables<Event>> eventVariables;

	private final Map<String, Variables<Handler>> handlerVariables;

	/** The handler ids subscribed during the start. */
	private final Set<String> ids = new ConcurrentSkipListSet<>();

	/** The event names subscribed during the start. */
	private final Set<String> names = new ConcurrentSkipListSet<>();

	/** The settings that had an effect, each with the first id or name it applied to. */
	private final Map<Object, String> used = new ConcurrentHashMap<>();

	/** The variables that were reported as matching two ids or names. */
	private final Set<Object> ambiguous = ConcurrentHashMap.newKeySet();

	private volatile boolean reported;

	ConfiguredHandlers(TelemetryRouterProperties properties, ConfigurationReader configuration) {
		this.enabled = properties.isEnabled();
		this.configuration = configuration;
		this.events = properties.getEvents();
		this.handlers = properties.getHandlers();
		this.eventVariables = configuration.eventVariables();
		this.handlerVariables = configuration.handlerVariables();
	}

	@Override
	public @Nullable HandlerSpec<?> customize(HandlerSpec<?> spec) {
		return this.enabled ? customizeEnabled(spec) : null;
	}

	private <T> @Nullable HandlerSpec<T> customizeEnabled(HandlerSpec<T> spec) {
		HandlerSpec.Builder<T> builder = spec.mutate();
		Integer eventPriority = eventPriority(spec);
		if (eventPriority != null && spec.priority() == null) {
			builder.priority(eventPriority);
		}
		String id = spec.id();
		if (id == null) {
			return builder.build();
		}
		String key = this.handlers.containsKey(id) ? id : plain(id);
		Handler handler = this.handlers.get(key);
		if (handler != null) {
			use(handler, key, "Property '" + HANDLERS + key + "'");
		}
		Variables<Handler> variables = (handler == null) ? find(key, this.handlerVariables) : null;
		if (variables != null) {
			handler = variables.value();
		}
		remember(key, this.ids);
		if (handler == null) {
			return builder.build();
		}
		if (!handler.isEnabled()) {
			return null;
		}
		apply(new Source(key, (variables != null) ? variables.settings() : null), handler, spec, builder);
		return builder.build();
	}

	/**
	 * Returns the id without the number that is appended if another context uses the id.
	 */
	private static String plain(String id) {
		int end = id.length();
		while (end > 0 && Character.isDigit(id.charAt(end - 1))) {
			end--;
		}
		return (end > 1 && end < id.length() && id.charAt(end - 1) == '#') ? id.substring(0, end - 1) : id;
	}

	/**
	 * Finds the environment variables about an id or event name.
	 * @param name the id or event name
	 * @param variables all variables
	 * @return the variables about it, or {@code null} if there are none
	 */
	private <T> @Nullable Variables<T> find(String name, Map<String, Variables<T>> variables) {
		Variables<T> found = variables.isEmpty() ? null : variables.get(EnvironmentVariables.uniform(name));
		String other = (found != null) ? use(found, name, "Environment variable " + found.settings()) : null;
		if (found != null && other != null && !other.equals(name) && this.ambiguous.add(found)) {
			logger.warn("Environment variable " + found.settings() + " matches '" + other + "' and '" + name
					+ "' and applies to both. Use a property to set one of them.");
		}
		return found;
	}

	/**
	 * Records that a setting had an effect, and logs it if it was reported as unused.
	 */
	private @Nullable String use(Object setting, String name, String description) {
		String other = this.used.putIfAbsent(setting, name);
		if (other == null && this.reported) {
			logger.info(description + " has an effect now: '" + name + "' was subscribed after the start.");
		}
		return other;
	}

	private void remember(String name, Set<String> known) {
		if (!this.reported) {
			known.add(name);
		}
	}

	private @Nullable Integer eventPriority(HandlerSpec<?> spec) {
		Integer lowest = null;
		for (EventPattern pattern : spec.patterns()) {
			Event event = pattern.isExact() ? event(pattern.toString()) : null;
			Integer priority = (event != null) ? event.getPriority() : null;
			if (priority != null && (lowest == null || priority < lowest)) {
				lowest = priority;
			}
		}
		return lowest;
	}

	/**
	 * Returns whether an event is critical, regardless of its handlers' patterns.
	 */
	boolean isCritical(String name) {
		Event event = this.events.get(name);
		if (event == null && !this.eventVariables.isEmpty()) {
			Variables<Event> variables = this.eventVariables.get(EnvironmentVariables.uniform(name));
			event = (variables != null) ? variables.value() : null;
		}
		return event != null && event.isCritical();
	}

	private @Nullable Event event(String name) {
		Event event = this.events.get(name);
		if (event != null) {
			use(event, name, "Property '" + EVENTS + name + "'");
		}
		Variables<Event> variables = (event == null) ? find(name, this.eventVariables) : null;
		remember(name, this.names);
		return (variables != null) ? variables.value() : event;
	}

	private void apply(Source source, Handler handler, HandlerSpec<?> spec, HandlerSpec.Builder<?> builder) {
		if (handler.getPriority() != null) {
			builder.priority(handler.getPriority());
		}
		if (handler.getMaxQueue() != null) {
			requireAsync(source, "max-queue", handler.getMaxQueue(), spec);
			builder.maxQueue(handler.getMaxQueue());
		}
		if (handler.getOverflow() != null) {
			requireAsync(source, "overflow", handler.getOverflow(), spec);
			builder.overflow(handler.getOverflow());
		}
		if (handler.getConcurrency() != null) {
			requireAsync(source, "concurrency", handler.getConcurrency(), spec);
			builder.concurrency(handler.getConcurrency());
		}
		if (handler.getHandlerTimeout() != null) {
			requireAsync(source, "handler-timeout", handler.getHandlerTimeout(), spec);
			builder.handlerTimeout(handler.getHandlerTimeout());
		}
		if (handler.getSlowThreshold() != null) {
			builder.slowThreshold(handler.getSlowThreshold());
		}
		if (handler.getThread() != null) {
			requireAsync(source, "thread", handler.getThread(), spec);
			builder.thread(handler.getThread());
		}
		if (handler.getDurable() != null) {
			requireAsync(source, "durable", handler.getDurable(), spec);
			requireSpill(source, handler, spec);
			builder.durable(handler.getDurable());
		}
	}

	private void requireSpill(Source source, Handler handler, HandlerSpec<?> spec) {
		OverflowPolicy overflow = (handler.getOverflow() != null) ? handler.getOverflow() : spec.overflow();
		if (Boolean.TRUE.equals(handler.getDurable()) && overflow != OverflowPolicy.SPILL) {
			throw invalid(source, "durable", true, "Handler '" + spec.id() + "' does not have overflow policy 'spill'.",
					"Set its property 'overflow' to 'spill', or remove this one.");
		}
	}

	private void requireAsync(Source source, String setting, Object value, HandlerSpec<?> spec) {
		if (spec.mode() != HandlerMode.ASYNC) {
			throw invalid(source, setting, value, "Handler '" + spec.id() + "' is synchronous and has no queue.",
					"Remove the property, or make the handler asynchronous.");
		}
	}

	private InvalidTelemetryRouterPropertyException invalid(Source source, String setting, Object value, String reason,
			String action) {
		KeyedSettings variables = source.variables();
		ConfigurationPropertyName name = (variables != null) ? variables.name()
				: new KeyedSettings(ConfigurationReader.HANDLERS, source.key()).name();
		String property = (variables != null) ? variables.property(setting) : HANDLERS + source.key() + "." + setting;
		return new InvalidTelemetryRouterPropertyException(property, value,
				this.configuration.origin(name.append(setting)), reason, action);
	}

	/**
	 * Logs the configured ids and events that no handler has so far.
	 */
	void reportUnused() {
		if (this.enabled && !this.reported) {
			this.reported = true;
			report(this.handlers, HANDLERS, this.handlerVariables, "no handler has this id. Known ids: ", this.ids);
			// A critical event needs no handler that names it: patterns match it too
			for (Event event : this.events.values()) {
				use(event.isCritical(), event);
			}
			for (Variables<Event> variables : this.eventVariables.values()) {
				use(variables.value().isCritical(), variables);
			}
			report(this.events, EVENTS, this.eventVariables, "no handler names this event. Known names: ", this.names);
		}
		this.ids.clear();
		this.names.clear();
	}

	private void use(boolean used, Object settings) {
		if (used) {
			this.used.put(settings, "");
		}
	}

	/**
	 * Where the settings of a handler come from: environment variables, or else
	 * properties.
	 */
	private record Source(String key, @Nullable KeyedSettings variables) {
	}

	private <T> void report(Map<String, T> settings, String prefix, Map<String, Variables<T>> variables, String reason,
			Set<String> known) {
		for (Map.Entry<String, T> entry : settings.entrySet()) {
			if (!this.used.containsKey(entry.getValue())) {
				report("Property '" + prefix + entry.getKey() + "'", reason, entry.getKey(), known);
			}
		}
		for (Map.Entry<String, Variables<T>> entry : variables.entrySet()) {
			if (!this.used.containsKey(entry.getValue())) {
				report("Environment variable " + entry.getValue().settings(), reason, entry.getKey(), known);
			}
		}
	}

	private void report(String description, String reason, String written, Set<String> known) {
		String nearest = NearestName.of(written, known);
		logger.warn(description + " has no effect so far: " + reason
				+ (known.isEmpty() ? "none" : String.join(", ", known)) + "."
				+ readByYaml(written, known, (nearest != null) ? " Did you mean '" + nearest + "'?" : ""));
	}

	/**
	 * Explains a key like {@code on}, a frequent name of methods, that YAML has read as a
	 * boolean.
	 */
	private static String readByYaml(String written, Set<String> known, String otherwise) {
		for (String name : known) {
			String read = Arrays.stream(name.split("\\."))
				.map((part) -> YAML_BOOLEANS.getOrDefault(part.toLowerCase(Locale.ROOT), part))
				.collect(Collectors.joining("."));
			if (read.equals(written) && !name.equals(written)) {
				return " YAML reads the keys on and yes as true, off and no as false: write '" + name + "' as one key.";
			}
		}
		return otherwise;
	}

}
