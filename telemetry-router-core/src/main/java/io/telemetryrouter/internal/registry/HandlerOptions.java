package io.telemetryrouter.internal.registry;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventHandler;
import io.telemetryrouter.EventPattern;
import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.LaneThread;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.support.Names;

/**
 * The options that a handler was registered with, including the router's defaults.
 * Immutable. They do not refer to the specification, whose owner must stay collectable.
 */
public final class HandlerOptions {

	private static final AtomicLong numbers = new AtomicLong();

	/** Identifies the handler in the process; increases with each registration. */
	public final long number = numbers.incrementAndGet();

	public final String id;

	public final List<EventPattern> patterns;

	public final Class<?> payloadType;

	/** Whether the handler takes any payload, including {@code null}. */
	public final boolean anyPayload;

	/** Whether the handler selects its events by payload type alone. */
	final boolean anyEvent;

	public final int priority;

	public final long times;

	public final String source;

	/**
	 * Whether listeners are notified of the registration. Not if the handler has no id of
	 * its own and is removed automatically: each would add a name to the user's metrics.
	 */
	final boolean announced;

	public final @Nullable PayloadHandler<Object> payloadHandler;

	final @Nullable EventHandler<Object> eventHandler;

	final @Nullable Predicate<TelemetryEvent<Object>> condition;

	public final @Nullable String conditionText;

	/** In nanoseconds; {@link Long#MAX_VALUE} if no call counts as slow. */
	public final long slowNanos;

	final boolean async;

	final int maxQueue;

	public final boolean durable;

	public final boolean replay;

	public final LaneThread thread;

	public final @Nullable BooleanSupplier onFlush;

	public final OverflowPolicy overflow;

	/** The id of the only run whose events the handler takes, or {@code null} for any. */
	final @Nullable String run;

	public final @Nullable EventRecorder recorder;

	final HandlerSpec.@Nullable Conversion<?> conversion;

	@SuppressWarnings("unchecked")
	public HandlerOptions(String id, HandlerSpec<?> spec, String source, RouterSnapshot.Defaults defaults) {
		this.id = id;
		this.source = source;
		this.priority = (spec.priority() != null) ? spec.priority() : defaults.priority();
		this.payloadHandler = (spec.recorder() == null) ? (PayloadHandler<Object>) spec.payloadHandler() : null;
		this.recorder = spec.recorder();
		this.eventHandler = (this.recorder != null) ? recording(this.recorder)
				: (EventHandler<Object>) spec.eventHandler();
		this.patterns = spec.patterns();
		this.payloadType = spec.payloadType();
		this.anyPayload = this.payloadType == Object.class;
		this.anyEvent = spec.isAnyEvent();
		this.condition = (Predicate<TelemetryEvent<Object>>) (Predicate<?>) spec.condition();
		this.conditionText = (this.condition != null) ? text(this.condition) : null;
		this.announced = spec.id() != null || (spec.times() == 0 && spec.owner() == null && spec.run() == null);
		this.slowNanos = (spec.slowThreshold() != null) ? TimeUnit.NANOSECONDS.convert(spec.slowThreshold())
				: Long.MAX_VALUE;
		this.async = spec.mode() == HandlerMode.ASYNC;
		this.times = spec.times();
		this.durable = spec.durable();
		this.replay = spec.replay();
		this.thread = spec.thread();
		this.onFlush = spec.onFlush();
		this.maxQueue = (spec.maxQueue() != null) ? spec.maxQueue() : defaults.maxHandlerQueue();
		this.overflow = overflow(spec, defaults.overflow());
		this.run = spec.run();
		this.conversion = spec.conversion();
	}

	private static EventHandler<Object> recording(EventRecorder recorder) {
		return (event) -> Envelope.recorded(event, recorder.record(event));
	}

	/** The recorder does not inherit SPILL: it cannot spill to itself. */
	private OverflowPolicy overflow(HandlerSpec<?> spec, OverflowPolicy policy) {
		if (spec.overflow() != null && this.async) {
			return spec.overflow();
		}
		if (policy != OverflowPolicy.SPILL || !this.async) {
			return policy;
		}
		if (spec.concurrency() != 1) {
			throw new IllegalStateException("Handler '" + Names.printable(this.id) + "' has a concurrency of "
					+ spec.concurrency() + ", and the router's overflow policy SPILL, which keeps the order of events,"
					+ " is for handlers without: set 'overflow' of this handler");
		}
		return (this.recorder != null) ? OverflowPolicy.DROP_NEWEST : policy;
	}

	/**
	 * Returns whether the handler spills events to the recorder when its queue is full.
	 */
	public boolean spills() {
		return this.async && this.overflow == OverflowPolicy.SPILL;
	}

	private static String text(Predicate<?> condition) {
		try {
			return String.valueOf(condition.toString());
		}
		catch (Throwable ex) {
			return condition.getClass().getName();
		}
	}

	/** Returns the class that recorded payloads are read as. */
	public Class<?> recordedType() {
		return this.anyEvent ? Object.class : this.payloadType;
	}

	/**
	 * Returns the payload of a recorded event, given the class of the emitted payload.
	 * Reads a collection by its interface: most collection classes are not public.
	 */
	Object payload(RecordedEvent event, Class<?> emitted) throws Exception {
		Class<?> type = emitted;
		for (Class<?> collection : List.of(Map.class, Set.class, Collection.class)) {
			if (collection.isAssignableFrom(emitted)) {
				type = collection.isAssignableFrom(this.payloadType) ? this.payloadType : collection;
				break;
			}
		}
		Object payload = event.payload(type);
		if (payload == null || !accepts(payload)) {
			throw new IllegalStateException("Recorded as another class");
		}
		return payload;
	}

	boolean accepts(@Nullable Object payload) {
		return this.anyPayload || this.payloadType.isInstance(payload)
				|| (this.conversion != null && this.conversion.from().isInstance(payload));
	}

	/**
	 * Returns whether the handler counts as a handler of an event, given the rank of the
	 * matching pattern and the payload. A handler of all events does not, unless it
	 * selects its events by payload type and accepts this payload.
	 */
	public boolean isMeantFor(int rank, @Nullable Object payload) {
		return mayBeMeantFor(rank) && (rank < EventPattern.ALL.rank() || accepts(payload));
	}

	/** Like {@link #isMeantFor}, for a payload that the handler accepts. */
	public boolean mayBeMeantFor(int rank) {
		return rank < EventPattern.ALL.rank() || (this.anyEvent && !this.anyPayload);
	}

	public boolean needsEnvelope() {
		return this.payloadHandler == null || this.condition != null || this.run != null || this.async;
	}

}
