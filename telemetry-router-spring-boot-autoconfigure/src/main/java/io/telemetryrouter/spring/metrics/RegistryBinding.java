package io.telemetryrouter.spring.metrics;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.metrics.SharedSeries.Kind;
import io.telemetryrouter.spring.metrics.TelemetryRouterMeter.Tag;

/**
 * Mirrors one router in one meter registry. The router tells what comes and goes one call
 * at a time. Only {@link #close()} may come in between: it marks the binding first and
 * then removes what it finds, while a call that is running looks at the mark last.
 */
final class RegistryBinding implements RouterListener {

	private final TelemetryRouter router;

	private final EventTags eventTags;

	private final MeterRegistry registry;

	private final Tags tags;

	private final SharedSeries series;

	private final Map<String, HandlerMeters> handlers = new ConcurrentHashMap<>();

	private final Map<String, EventMeters> events = new ConcurrentHashMap<>();

	private final Meters<RegistryBinding> whole;

	// The first decides: series of one name must be of one kind, also in a registry that
	// joins a composite later

	private volatile boolean histogram = true;

	private volatile boolean callHistogram = true;

	private volatile boolean closed;

	RegistryBinding(TelemetryRouter router, EventTags eventTags, MeterRegistry registry, Tags tags) {
		this.router = router;
		this.eventTags = eventTags;
		this.registry = registry;
		this.tags = tags;
		this.series = new SharedSeries(registry);
		this.whole = new Meters<>(registry, this.series, this, Kind.COUNT);
	}

	void bind() {
		EventReader all = new EventReader(this.router, this.eventTags.all());
		this.whole.counter(TelemetryRouterMeter.UNHANDLED, this.tags, (binding) -> all.unhandled());
		this.whole.gauge(TelemetryRouterMeter.SPANS_OPEN, this.tags, (binding) -> binding.router.spanSnapshot().open());
		this.whole.counter(TelemetryRouterMeter.SPANS_DANGLING, this.tags,
				(binding) -> binding.router.spanSnapshot().dangling());
		for (HandlerMode mode : HandlerMode.values()) {
			for (HandlerStatus status : HandlerStatus.values()) {
				this.whole.gauge(TelemetryRouterMeter.HANDLERS, HandlerMeters.tags(this.tags, mode, status),
						(binding) -> binding.count(mode, status));
			}
		}
		bindEvent(EventTags.OTHER, this.eventTags.others());
		this.router.addListener(this);
	}

	private long count(HandlerMode mode, HandlerStatus status) {
		return this.handlers.values()
			.stream()
			.map(HandlerMeters::source)
			.filter((handler) -> handler.mode() == mode && handler.status() == status)
			.count();
	}

	@Override
	public void handlerAdded(String handlerId) {
		HandlerSnapshot snapshot = this.router.handlerSnapshot(handlerId);
		if (snapshot == null || this.closed) {
			return;
		}
		HandlerMeters meters = HandlerMeters.bind(
				new Meters<>(this.registry, this.series, new HandlerReader(this.router, snapshot), Kind.COUNT),
				this.tags, this.callHistogram);
		this.callHistogram = meters.handled() != null;
		this.handlers.put(handlerId, meters);
		if (this.closed) {
			handlerRemoved(handlerId);
		}
	}

	@Override
	public @Nullable LongConsumer callRecorder(String handlerId, boolean failed) {
		HandlerMeters meters = this.handlers.get(handlerId);
		return (meters == null) ? null : failed ? meters.failed() : meters.handled();
	}

	@Override
	public void handlerRemoved(String handlerId) {
		HandlerMeters meters = this.handlers.remove(handlerId);
		if (meters != null) {
			meters.remove();
		}
	}

	@Override
	public @Nullable LongConsumer eventAdded(String event) {
		if (this.closed) {
			return null;
		}
		String tag = this.eventTags.tagOf(event);
		EventMeters meters = this.events.get(tag);
		return (meters != null) ? meters.recorder() : bindEvent(tag, List.of(event));
	}

	@Override
	public void eventRemoved(String event) {
		this.eventTags.forget(event);
		if (!event.equals(EventTags.OTHER)) {
			removeEvent(event);
		}
	}

	private void removeEvent(String tag) {
		EventMeters meters = this.events.remove(tag);
		if (meters != null) {
			meters.remove();
		}
	}

	private @Nullable LongConsumer bindEvent(String tag, Collection<String> names) {
		EventMeters meters = EventMeters.bind(this.registry, this.series, new EventReader(this.router, names),
				tags(Tag.EVENT, tag), this.histogram);
		this.histogram = meters.recorder() != null;
		this.events.put(tag, meters);
		if (this.closed) {
			removeEvent(tag);
		}
		return meters.recorder();
	}

	private Tags tags(Tag key, String value) {
		return this.tags.and(key.asString(), value);
	}

	void close() {
		this.closed = true;
		this.router.removeListener(this);
		this.whole.remove();
		List.copyOf(this.handlers.keySet()).forEach(this::handlerRemoved);
		List.copyOf(this.events.keySet()).forEach(this::removeEvent);
	}

}
