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
 * Keeps the meters of one router in one registry. The router calls the listener methods
 * one at a time; only {@link #close()} may run at the same time. It sets {@code closed}
 * and then removes all meters. A listener method checks {@code closed} after adding
 * meters, so none is left behind.
 */
final class RegistryBinding implements RouterListener, SharedSeries.Source {

	private final TelemetryRouter router;

	private final EventTags eventTags;

	private final Tags tags;

	private final SharedSeries series;

	private final Map<String, HandlerMeters> handlers = new ConcurrentHashMap<>();

	private final Map<String, EventMeters> events = new ConcurrentHashMap<>();

	private final EventReader all;

	private final Meters<RegistryBinding> whole;

	// Set by the first series of a name: all series of one name must have the same type,
	// also in a registry that joins a composite later

	private volatile boolean histogram = true;

	private volatile boolean callHistogram = true;

	private volatile boolean waitHistogram = true;

	private volatile boolean closed;

	RegistryBinding(TelemetryRouter router, EventTags eventTags, MeterRegistry registry, Tags tags) {
		this.router = router;
		this.eventTags = eventTags;
		this.tags = tags;
		this.series = new SharedSeries(registry);
		this.all = new EventReader(router, eventTags.all());
		this.whole = new Meters<>(this.series, this, Kind.COUNT);
	}

	void bind() {
		this.whole.add(TelemetryRouterMeter.UNHANDLED, this.tags);
		this.whole.add(TelemetryRouterMeter.SPANS_OPEN, this.tags);
		this.whole.add(TelemetryRouterMeter.SPANS_DANGLING, this.tags);
		for (HandlerMode mode : HandlerMode.values()) {
			for (HandlerStatus status : HandlerStatus.values()) {
				this.whole.add(TelemetryRouterMeter.HANDLERS, HandlerMeters.tags(this.tags, mode, status),
						new Group(mode, status));
			}
		}
		bindEvent(EventTags.OTHER, this.eventTags.others());
		this.router.addListener(this);
	}

	@Override
	public double value(TelemetryRouterMeter meter, @Nullable Object detail) {
		return switch (meter) {
			case SPANS_OPEN -> this.router.spanSnapshot().open();
			case SPANS_DANGLING -> this.router.spanSnapshot().dangling();
			case HANDLERS -> (detail instanceof Group group) ? count(group) : 0;
			default -> this.all.value(meter, detail);
		};
	}

	private long count(Group group) {
		long count = 0;
		for (HandlerMeters meters : this.handlers.values()) {
			HandlerReader handler = meters.source();
			count += (handler.mode() == group.mode && handler.status() == group.status) ? 1 : 0;
		}
		return count;
	}

	@Override
	public void handlerAdded(String handlerId) {
		HandlerSnapshot snapshot = this.router.handlerSnapshot(handlerId);
		if (snapshot == null || this.closed) {
			return;
		}
		HandlerMeters meters = HandlerMeters.bind(
				new Meters<>(this.series, new HandlerReader(this.router, snapshot), Kind.COUNT), this.tags,
				this.callHistogram, this.waitHistogram);
		this.callHistogram = meters.handled() != null;
		if (snapshot.mode() == HandlerMode.ASYNC) {
			this.waitHistogram = meters.waited() != null;
		}
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
	public @Nullable LongConsumer waitRecorder(String handlerId) {
		HandlerMeters meters = this.handlers.get(handlerId);
		return (meters != null) ? meters.waited() : null;
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
		EventMeters meters = EventMeters.bind(this.series, new EventReader(this.router, names), tags(Tag.EVENT, tag),
				this.histogram);
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

	/** The handlers that one gauge counts. */
	private record Group(HandlerMode mode, HandlerStatus status) {
	}

}
