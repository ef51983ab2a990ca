package io.telemetryrouter.spring.metrics;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;

import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Binds the router's statistics to meters; {@link TelemetryRouterMeter} lists them.
 * Meters read the router only when they are read themselves, so they add no work to an
 * emit. A handler's meters exist, starting at zero, from its registration to its removal.
 * Then its counts that are not zero stay, with their final values, and continue with the
 * next handler of the same id. They stay for the first 100 ids that are removed; the
 * counts of further ones are added to the series {@code _anonymous} at the removal. So
 * the counts of all handlers add up to those of the {@link RouterSnapshot}, at most a
 * second after the last event.
 * <p>
 * {@code telemetry.router.dispatch}, {@code telemetry.router.handler} and
 * {@code telemetry.router.queue.wait} have no percentiles and no histogram by default. If
 * a meter filter or {@code management.metrics.distribution} configures them, that
 * registry gets a {@code Timer} instead of a {@code FunctionTimer}; it records every
 * dispatch to a handler, every call or every wait from then on. The configuration of a
 * name's first series applies to all series of that name. Such a timer has no calls of
 * removed handlers that had no timer of their own: of those without an id whose
 * registration ended by itself, and of ids beyond the first 100.
 * <p>
 * Thread-safe. Any number of registries may be bound; each is bound once.
 *
 * @since 0.1.0
 */
public final class TelemetryRouterMetrics implements MeterBinder, AutoCloseable {

	private final TelemetryRouter router;

	private final Tags tags;

	private final EventTags eventTags;

	private final Map<MeterRegistry, RegistryBinding> bindings = new ConcurrentHashMap<>();

	/**
	 * Creates the binder of a router.
	 * @param router the router
	 * @param maxEventTags the maximum number of event names with a tag value of their
	 * own; further names share the value {@code _other}
	 */
	public TelemetryRouterMetrics(TelemetryRouter router, int maxEventTags) {
		this(router, maxEventTags, Tags.empty());
	}

	/**
	 * Creates the binder of one of several routers.
	 * @param router the router
	 * @param maxEventTags the maximum number of event names with a tag value of their
	 * own; further names share the value {@code _other}
	 * @param tags tags of all meters, to distinguish the routers
	 */
	public TelemetryRouterMetrics(TelemetryRouter router, int maxEventTags, Iterable<Tag> tags) {
		this.router = router;
		this.eventTags = new EventTags(maxEventTags);
		this.tags = Tags.of(tags);
	}

	@Override
	public void bindTo(MeterRegistry registry) {
		RegistryBinding binding = new RegistryBinding(this.router, this.eventTags, registry, this.tags);
		if (this.bindings.putIfAbsent(registry, binding) == null) {
			binding.bind();
		}
	}

	/**
	 * Removes all meters from their registries.
	 */
	@Override
	public void close() {
		List<RegistryBinding> bindings = List.copyOf(this.bindings.values());
		this.bindings.values().removeAll(bindings);
		bindings.forEach(RegistryBinding::close);
	}

}
