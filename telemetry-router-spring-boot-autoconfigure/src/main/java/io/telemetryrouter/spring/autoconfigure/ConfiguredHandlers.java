package io.telemetryrouter.spring.autoconfigure;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.HandlerSpecCustomizer;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Event;
import io.telemetryrouter.spring.autoconfigure.TelemetryRouterProperties.Handler;

/**
 * Gives handlers what the configuration says about their ids and events, whoever
 * subscribes them, and reports ids that were configured in vain.
 */
final class ConfiguredHandlers implements HandlerSpecCustomizer {

	private static final String PREFIX = "telemetry-router.handlers.";

	private static final Log logger = LogFactory.getLog(ConfiguredHandlers.class);

	private final boolean enabled;

	private final Map<String, Event> events;

	private final Map<String, Handler> handlers;

	private final Map<String, String> idsByUniformId = new LinkedHashMap<>();

	private final Set<String> used = ConcurrentHashMap.newKeySet();

	private final Set<String> disabledIds = ConcurrentHashMap.newKeySet();

	ConfiguredHandlers(TelemetryRouterProperties properties) {
		this.enabled = properties.isEnabled();
		this.events = properties.getEvents();
		this.handlers = properties.getHandlers();
		for (String id : this.handlers.keySet()) {
			this.idsByUniformId.putIfAbsent(uniform(id), id);
		}
	}

	/**
	 * Environment variables cannot say which case an id has.
	 */
	private static String uniform(String id) {
		return id.replaceAll("[^\\p{L}\\p{N}]", "").toLowerCase(Locale.ROOT);
	}

	@Override
	public @Nullable HandlerSpec<?> customize(HandlerSpec<?> spec) {
		return this.enabled ? customizeEnabled(spec) : null;
	}

	private <T> @Nullable HandlerSpec<T> customizeEnabled(HandlerSpec<T> spec) {
		String key = findKey(spec.id());
		Handler handler = (key != null) ? this.handlers.get(key) : null;
		if (handler != null && !handler.isEnabled()) {
			this.disabledIds.add(Objects.requireNonNull(spec.id()));
			return null;
		}
		HandlerSpec.Builder<T> builder = spec.mutate();
		Integer eventPriority = (spec.priority() == null) ? eventPriority(spec) : null;
		if (eventPriority != null) {
			builder.priority(eventPriority);
		}
		if (handler != null) {
			apply(PREFIX + key, handler, spec, builder);
		}
		return builder.build();
	}

	private @Nullable String findKey(@Nullable String id) {
		if (id == null || this.handlers.isEmpty()) {
			return null;
		}
		String key = this.handlers.containsKey(id) ? id : this.idsByUniformId.get(uniform(id));
		if (key == null) {
			// Numbered, since another context had the id already
			String plain = id.replaceFirst("#\\d+$", "");
			key = this.handlers.containsKey(plain) ? plain : null;
		}
		if (key != null) {
			this.used.add(key);
		}
		return key;
	}

	private @Nullable Integer eventPriority(HandlerSpec<?> spec) {
		Integer lowest = null;
		for (EventPattern pattern : spec.patterns()) {
			Event event = pattern.isExact() ? this.events.get(pattern.toString()) : null;
			Integer priority = (event != null) ? event.getPriority() : null;
			if (priority != null && (lowest == null || priority < lowest)) {
				lowest = priority;
			}
		}
		return lowest;
	}

	private void apply(String property, Handler handler, HandlerSpec<?> spec, HandlerSpec.Builder<?> builder) {
		if (handler.getPriority() != null) {
			builder.priority(handler.getPriority());
		}
		if (handler.getMaxQueue() != null) {
			requireAsync(property + ".max-queue", handler.getMaxQueue(), spec);
			builder.maxQueue(handler.getMaxQueue());
		}
		if (handler.getOverflow() != null) {
			requireAsync(property + ".overflow", handler.getOverflow(), spec);
			builder.overflow(handler.getOverflow());
		}
		if (handler.getConcurrency() != null) {
			requireAsync(property + ".concurrency", handler.getConcurrency(), spec);
			builder.concurrency(handler.getConcurrency());
		}
	}

	private void requireAsync(String property, Object value, HandlerSpec<?> spec) {
		if (spec.mode() != HandlerMode.ASYNC) {
			throw new InvalidTelemetryRouterPropertyException(property, value, null,
					"Handler '" + spec.id() + "' is synchronous and has no queue.",
					"Remove the property, or make the handler asynchronous.");
		}
	}

	/**
	 * Names ids that no handler has.
	 */
	void reportUnused(RouterSnapshot snapshot) {
		if (!this.enabled || this.used.containsAll(this.handlers.keySet())) {
			return;
		}
		Set<String> known = new TreeSet<>(snapshot.handlers().keySet());
		known.addAll(this.disabledIds);
		for (String id : this.handlers.keySet()) {
			if (!this.used.contains(id)) {
				logger.warn("Property '" + PREFIX + id + "' has no effect: no handler with this id was registered"
						+ " during start-up. Known ids: " + (known.isEmpty() ? "none" : String.join(", ", known)));
			}
		}
	}

}
