package io.telemetryrouter.spring.metrics;

import java.util.Collection;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

	/** The number of removed ids that keep their series. */
	private static final int MAX_KEPT = 100;

	private final TelemetryRouter router;

	private final EventTags eventTags;

	private final Tags tags;

	private final SharedSeries series;

	/** By the number of the registration: two handlers may have the same id. */
	private final Map<Long, HandlerMeters> handlers = new ConcurrentHashMap<>();

	/** The tag values whose counts are kept when their handlers are removed. */
	private final Set<String> kept = new HashSet<>();

	/** The meters of the handler that was added last. */
	private @Nullable HandlerMeters added;

	private final Map<String, EventMeters> events = new ConcurrentHashMap<>();

	private final EventReader all;

	// Set by the first series of a name: all series of one name must have the same type,
	// also in a registry that joins a composite later

	private volatile boolean histogram = true;

	private volatile boolean callHistogram = true;

	private volatile boolean waitHistogram = true;

	/** The modes of the handlers bound so far, whose meters have a type. */
	private final Set<HandlerMode> bound = EnumSet.noneOf(HandlerMode.class);

	private volatile boolean closed;

	RegistryBinding(TelemetryRouter router, EventTags eventTags, MeterRegistry registry, Tags tags) {
		this.router = router;
		this.eventTags = eventTags;
		this.tags = tags;
		this.series = new SharedSeries(registry);
		this.all = new EventReader(router, eventTags.all());
	}

	void bind() {
		Meters<RegistryBinding> whole = new Meters<>(this.series, this, Kind.COUNT);
		whole.add(TelemetryRouterMeter.UNHANDLED, this.tags);
		whole.add(TelemetryRouterMeter.SPANS_OPEN, this.tags);
		whole.add(TelemetryRouterMeter.SPANS_DANGLING, this.tags);
		for (HandlerMode mode : HandlerMode.values()) {
			for (HandlerStatus status : HandlerStatus.values()) {
				whole.add(TelemetryRouterMeter.HANDLERS, HandlerMeters.tags(this.tags, mode, status),
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
	public void handlerAdded(HandlerSnapshot handler) {
		this.added = null;
		if (this.closed) {
			return;
		}
		HandlerMeters meters = bind(new HandlerReader(this.router, handler), HandlerMeters.tagOf(handler.id()));
		this.handlers.put(handler.number(), meters);
		this.added = meters;
		removeIfClosed();
	}

	private HandlerMeters bind(HandlerReader handler, String tag) {
		HandlerMeters meters = HandlerMeters.bind(new Meters<>(this.series, handler, Kind.COUNT), tag, this.tags,
				this.callHistogram, this.waitHistogram);
		this.callHistogram = meters.handled() != null;
		if (handler.mode() == HandlerMode.ASYNC) {
			this.waitHistogram = meters.waited() != null;
		}
		this.bound.add(handler.mode());
		return meters;
	}

	/** Adds the counts of a removed handler to those without an id. */
	private void addAnonymously(HandlerSnapshot handler) {
		HandlerReader last = new HandlerReader(this.router, handler);
		last.remove(handler);
		HandlerMeters meters = this.bound.contains(handler.mode())
				? HandlerMeters.bind(Meters.ofLast(this.series, last), HandlerMeters.ANONYMOUS, this.tags,
						this.callHistogram, this.waitHistogram)
				: bind(last, HandlerMeters.ANONYMOUS);
		meters.remove(true);
	}

	@Override
	public @Nullable LongConsumer callRecorder(String handlerId, boolean failed) {
		HandlerMeters meters = this.added;
		return (meters == null) ? null : failed ? meters.failed() : meters.handled();
	}

	@Override
	public @Nullable LongConsumer waitRecorder(String handlerId) {
		HandlerMeters meters = this.added;
		return (meters != null) ? meters.waited() : null;
	}

	@Override
	public void handlerRemoved(HandlerSnapshot handler) {
		if (this.closed) {
			return;
		}
		HandlerMeters meters = this.handlers.remove(handler.number());
		boolean keeps = meters != null && keeps(handler);
		if (meters != null) {
			meters.source().remove(handler);
			meters.remove(keeps);
		}
		if (!keeps) {
			addAnonymously(handler);
		}
		removeIfClosed();
	}

	/**
	 * Returns whether the series of a removed handler stay, for its next registration.
	 */
	private boolean keeps(HandlerSnapshot handler) {
		String tag = HandlerMeters.tagOf(handler.id());
		return tag.equals(HandlerMeters.ANONYMOUS) || this.kept.contains(tag)
				|| (this.kept.size() < MAX_KEPT && handler.account().offered() != 0 && this.kept.add(tag));
	}

	private void removeIfClosed() {
		if (this.closed) {
			this.series.close();
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
		removeIfClosed();
		return meters.recorder();
	}

	private Tags tags(Tag key, String value) {
		return this.tags.and(key.asString(), value);
	}

	void close() {
		this.closed = true;
		this.router.removeListener(this);
		this.series.close();
	}

	/** The handlers that one gauge counts. */
	private record Group(HandlerMode mode, HandlerStatus status) {
	}

}
