package io.telemetryrouter.internal.registry;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EventHandler;
import io.telemetryrouter.EventPattern;
import io.telemetryrouter.FailureSnapshot;
import io.telemetryrouter.HandlerFailure;
import io.telemetryrouter.HandlerMode;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.RouterSettings;
import io.telemetryrouter.internal.dispatch.Route;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.Payloads;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.health.StuckCalls;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.metrics.RecentFailures;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;
import io.telemetryrouter.internal.support.Throttle;

/**
 * A registered handler: its options, its gate and its account.
 * <p>
 * The gate is one number that is 0 for a handler that takes every event as it comes, so
 * that the usual case costs one read.
 *
 * @since 0.1.0
 */
public final class Handler implements Subscription {

	/**
	 * The gate's flag of a handler that has to {@linkplain #admit look} at each event.
	 */
	private static final int SELECTIVE = 1;

	/** The gate's flag of a handler that takes no new event. */
	private static final int LEFT = 2;

	/** The gate's flag of a handler that {@link CircuitBreaker} has set aside. */
	private static final int SET_ASIDE = 4;

	/** The gate's flag of a synchronous handler that is paused. */
	private static final int PAUSED = 8;

	public final long number;

	public final String id;

	public final List<EventPattern> patterns;

	public final Class<?> payloadType;

	/** Whether it takes any payload, {@code null} included. */
	public final boolean anyPayload;

	/** Whether it takes any event with such a payload. */
	final boolean anyEvent;

	public final long times;

	public final int priority;

	final String source;

	/** Whether it is the router's own, shown to nobody. */
	public final boolean internal;

	/**
	 * Whether listeners are told of it. Not of those that nobody named and that leave by
	 * themselves: each would be a new name in somebody's metrics.
	 */
	final boolean announced;

	public final @Nullable PayloadHandler<Object> payloadHandler;

	public final LatencyHistogram latency = new LatencyHistogram();

	public final LatencyHistogram failedLatency = new LatencyHistogram();

	public final Throttle failureReports = new Throttle();

	public final Throttle mismatchReports = new Throttle();

	public final Throttle slowReports = new Throttle();

	public final StuckCalls stuckCalls = new StuckCalls();

	public final long slowNanos;

	/** Live routes that lead here; they hold what is offered and not yet credited. */
	final Set<Route> routes = ConcurrentHashMap.newKeySet(1);

	private final RouterCore core;

	private final @Nullable EventHandler<Object> eventHandler;

	private final @Nullable Predicate<TelemetryEvent<Object>> condition;

	private final @Nullable AtomicLong remaining;

	private final @Nullable OwnerReference owner;

	private final @Nullable Lane lane;

	private final Counters counters = new Counters();

	private final RecentFailures failures = new RecentFailures();

	/** Null for a handler that leaves by itself before long. */
	private final @Nullable CircuitBreaker quarantine;

	private volatile int gate;

	@SuppressWarnings("unchecked")
	public Handler(RouterCore core, long number, String id, HandlerSpec<?> spec, String source, boolean internal) {
		this.core = core;
		this.number = number;
		this.id = id;
		this.source = source;
		this.internal = internal;
		RouterSettings settings = core.settings();
		// The specification itself is not kept: it holds the owner, who must stay
		// collectable.
		this.priority = (spec.priority() != null) ? spec.priority() : settings.defaultPriority();
		this.payloadHandler = (PayloadHandler<Object>) spec.payloadHandler();
		this.eventHandler = (EventHandler<Object>) spec.eventHandler();
		this.patterns = spec.patterns();
		this.payloadType = spec.payloadType();
		this.anyPayload = this.payloadType == Object.class;
		this.anyEvent = spec.isAnyEvent();
		this.times = spec.times();
		this.condition = (Predicate<TelemetryEvent<Object>>) (Predicate<?>) spec.condition();
		this.remaining = (spec.times() > 0) ? new AtomicLong(spec.times()) : null;
		this.announced = !internal && (spec.id() != null || (spec.times() == 0 && spec.owner() == null));
		this.owner = (spec.owner() != null) ? new OwnerReference(spec.owner(), core.collectedOwners(), this) : null;
		this.slowNanos = (spec.slowThreshold() != null) ? TimeUnit.NANOSECONDS.convert(spec.slowThreshold())
				: Long.MAX_VALUE;
		this.lane = (spec.mode() == HandlerMode.ASYNC)
				? new Lane(this, core, (spec.maxQueue() != null) ? spec.maxQueue() : settings.maxHandlerQueue(),
						(spec.overflow() != null) ? spec.overflow() : settings.overflow(), spec.concurrency())
				: null;
		this.quarantine = (settings.quarantine().enabled() && !internal && spec.times() == 0)
				? new CircuitBreaker(this, core) : null;
		boolean selective = this.condition != null || this.remaining != null || this.owner != null;
		this.gate = selective ? SELECTIVE : 0;
	}

	/**
	 * Returns whether every event with a payload that it {@linkplain #accepts(Object)
	 * accepts} can be handed over without a further look.
	 * @return {@code true} for the usual case
	 */
	public boolean isOpen() {
		return this.gate == 0;
	}

	/**
	 * Returns whether a payload is of the handler's type.
	 * @param payload the payload
	 * @return whether the handler can be given it
	 */
	public boolean accepts(@Nullable Object payload) {
		return this.anyPayload || this.payloadType.isInstance(payload);
	}

	public boolean needsEnvelope() {
		return this.payloadHandler == null || this.condition != null || this.lane != null;
	}

	public @Nullable Lane lane() {
		return this.lane;
	}

	public OverflowPolicy overflow() {
		return (this.lane != null) ? this.lane.overflow() : this.core.settings().overflow();
	}

	/**
	 * Decides whether the handler gets an event, and counts it if not. Runs on the
	 * emitting thread.
	 * @param event the event's name
	 * @param payload its payload
	 * @param envelope its envelope, if this handler needs one
	 * @param tracker who follows the emit, if anyone
	 * @return whether to go on; a once handler's event is claimed then
	 */
	public boolean admit(String event, @Nullable Object payload, @Nullable Envelope<?> envelope,
			@Nullable EmitTracker tracker) {
		int gate = this.gate;
		if ((gate & LEFT) != 0) {
			drop(DropReason.UNSUBSCRIBED, tracker);
			return false;
		}
		if ((gate & PAUSED) != 0) {
			drop(DropReason.PAUSED, tracker);
			return false;
		}
		if ((gate & SET_ASIDE) != 0 && this.quarantine != null) {
			return admitAttempt(this.quarantine, event, payload, envelope, tracker);
		}
		return select(event, payload, envelope, tracker);
	}

	private boolean admitAttempt(CircuitBreaker quarantine, String event, @Nullable Object payload,
			@Nullable Envelope<?> envelope, @Nullable EmitTracker tracker) {
		if (this.lane != null && quarantine.isDue()) {
			// Its worker makes the attempt.
			return select(event, payload, envelope, tracker);
		}
		DispatchStack frame = this.core.frames().current();
		if (this.lane != null || !quarantine.claim(frame)) {
			drop(DropReason.QUARANTINED, tracker);
			return false;
		}
		boolean selected = false;
		try {
			selected = select(event, payload, envelope, tracker);
			return selected;
		}
		finally {
			if (!selected) {
				quarantine.giveBack(frame);
			}
		}
	}

	private boolean select(String event, @Nullable Object payload, @Nullable Envelope<?> envelope,
			@Nullable EmitTracker tracker) {
		if (this.owner != null && this.owner.refersTo(null)) {
			close();
			drop(DropReason.UNSUBSCRIBED, tracker);
			return false;
		}
		if (!accepts(payload)) {
			if (this.anyEvent) {
				filter(tracker);
			}
			else {
				this.core.reporter().typeMismatch(this, event, payload);
				drop(DropReason.TYPE_MISMATCH, tracker);
			}
			return false;
		}
		return satisfies(event, envelope, tracker) && claim(tracker);
	}

	private boolean satisfies(String event, @Nullable Envelope<?> envelope, @Nullable EmitTracker tracker) {
		if (this.condition == null) {
			return true;
		}
		try {
			if (this.condition.test(Payloads.typed(envelope))) {
				return true;
			}
			filter(tracker);
		}
		catch (Throwable ex) {
			if (this.lane != null && this.quarantine != null) {
				this.quarantine.conditionFailed();
			}
			fail(event, ex, -1, this.core.frames().current(), tracker);
		}
		return false;
	}

	private boolean claim(@Nullable EmitTracker tracker) {
		if (this.remaining == null) {
			return true;
		}
		long left = this.remaining.get();
		while (left > 0) {
			if (left == 1) {
				// Who claims the last event has to leave, too, which takes a lock.
				Headroom.require();
			}
			if (this.remaining.compareAndSet(left, left - 1)) {
				break;
			}
			left = this.remaining.get();
		}
		if (left == 1) {
			// Had its last event: leaves, but keeps what is queued.
			leave(false);
		}
		if (left <= 0) {
			drop(DropReason.UNSUBSCRIBED, tracker);
		}
		return left > 0;
	}

	/**
	 * Calls the handler.
	 * @param event the event's name
	 * @param payload its payload
	 * @param envelope its envelope, if this handler needs one
	 * @throws Throwable whatever the handler throws
	 */
	public void invoke(String event, @Nullable Object payload, @Nullable Envelope<?> envelope) throws Throwable {
		if (this.payloadHandler != null) {
			this.payloadHandler.handle(event, Payloads.asIs(payload));
		}
		else if (this.eventHandler != null) {
			this.eventHandler.handle(Payloads.typed(envelope));
		}
	}

	/**
	 * Calls a synchronous handler that is not open, if it gets the event.
	 * @param event the event's name
	 * @param payload its payload
	 * @param level the emit's
	 * @return whether it was called; otherwise the event is counted
	 * @throws Throwable whatever the handler throws
	 */
	public boolean handleAdmitted(String event, @Nullable Object payload, DispatchStack.Level level) throws Throwable {
		if (!admit(event, payload, level.envelope(), level.tracker())) {
			return false;
		}
		invoke(event, payload, level.envelope());
		if ((this.gate & SET_ASIDE) != 0 && this.quarantine != null) {
			this.quarantine.handled(level.frame);
		}
		return true;
	}

	/**
	 * Counts a call that took long, by the handler's own threshold.
	 * @param event the event's name
	 * @param nanos how long it took
	 */
	public void slow(String event, long nanos) {
		count(Counters.SLOW, 1);
		this.core.reporter().slowHandler(this, event, nanos);
	}

	/**
	 * Counts and reports a failure. Never throws.
	 * @param event the event's name
	 * @param error what was thrown
	 * @param nanos how long the call took, or -1 where none was measured
	 * @param frame the calling thread's
	 * @param tracker who follows the emit, if anyone
	 */
	public void fail(String event, Throwable error, long nanos, DispatchStack frame, @Nullable EmitTracker tracker) {
		count(Counters.FAILED, 1);
		try {
			Headroom.require();
			failed(event, error, nanos, frame, tracker);
		}
		catch (Throwable ex) {
			// Counted already. A handler may have left hardly any stack or heap to report
			// with, and there is nothing left that could be trusted to work.
			return;
		}
	}

	private void failed(String event, Throwable error, long nanos, DispatchStack frame, @Nullable EmitTracker tracker) {
		try {
			note(error, nanos, frame, tracker);
			if (nanos > this.slowNanos) {
				slow(event, nanos);
			}
			this.core.reporter().handlerFailed(this, new HandlerFailure(this.id, event, error));
		}
		finally {
			judge(error, frame);
			if (error instanceof InterruptedException) {
				// Thrown with the flag cleared; the emitter must still learn of it.
				Thread.currentThread().interrupt();
			}
		}
	}

	/**
	 * Counts and reports a call that was given up, on another thread than its own. Never
	 * throws.
	 * @param event the event
	 * @param error says so
	 * @param nanos how long the call has taken
	 * @param frame the frame of the call's thread
	 */
	public void giveUp(Envelope<?> event, Throwable error, long nanos, DispatchStack frame) {
		count(Counters.FAILED, 1);
		try {
			note(error, this.core.measured() ? nanos : -1, this.core.frames().current(), event.tracker());
			HandlerFailure failure = new HandlerFailure(this.id, event.name(), error);
			// Error listeners are the user's code, and must not hold the watchdog up.
			this.core.executor().executeSurely(() -> this.core.reporter().handlerFailed(this, failure));
			judge(error, frame);
		}
		catch (Throwable ex) {
			// Counted already.
			return;
		}
	}

	private void note(Throwable error, long nanos, DispatchStack frame, @Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.failed();
		}
		if (nanos >= 0) {
			this.failedLatency.record(nanos, frame.probe);
		}
		this.failures.add(error, this.core.settings().clock().instant());
	}

	private void judge(Throwable error, DispatchStack frame) {
		if (this.quarantine != null) {
			this.quarantine.failed(error, frame);
		}
	}

	// Counting comes last: what ends early has then not been counted.

	void filter(@Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.filtered();
		}
		count(Counters.FILTERED, 1);
	}

	public void drop(DropReason reason, @Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.dropped(1);
		}
		drop(reason, 1);
	}

	public void drop(DropReason reason, long count) {
		this.counters.drop(reason, count);
	}

	public void count(int counter, long count) {
		this.counters.add(counter, count);
	}

	/**
	 * Returns how many calls returned; of a synchronous handler only where calls are
	 * measured.
	 * @return the number
	 */
	long handled() {
		if (this.lane != null) {
			this.lane.settle();
			return this.latency.count() + this.lane.handled();
		}
		settle();
		return this.latency.count();
	}

	/**
	 * Returns whether handled calls are not counted, but what is left of those offered.
	 * @return {@code true} for a synchronous handler whose calls are not measured
	 */
	boolean isDerived() {
		return this.lane == null && !this.core.measured();
	}

	/**
	 * Returns how many calls have returned, when asked from within a failed one.
	 * @return the number, which of an unmeasured synchronous handler includes calls that
	 * other threads are about to make
	 */
	public long handledSoFar() {
		if (!isDerived()) {
			return handled();
		}
		settle();
		long dropped = 0;
		for (long count : this.counters.dropped().values()) {
			dropped += count;
		}
		// The failed call still counts as running.
		return this.counters.get(Counters.OFFERED) - this.counters.get(Counters.FAILED)
				- this.counters.get(Counters.FILTERED) - dropped - (this.core.frames().countRunning(this.number) - 1);
	}

	public List<FailureSnapshot> failures() {
		return this.failures.latestFirst();
	}

	public @Nullable CircuitBreaker quarantine() {
		return this.quarantine;
	}

	public boolean isSetAside() {
		return (this.gate & SET_ASIDE) != 0;
	}

	/**
	 * Sets whether events are sent to the {@link CircuitBreaker}.
	 * @param aside whether they are
	 */
	public void setAside(boolean aside) {
		// The gate decides: last in, first out.
		if (aside && this.lane != null) {
			this.lane.setAside(true);
		}
		gate(SET_ASIDE, aside);
		if (!aside && this.lane != null) {
			this.lane.setAside(false);
		}
	}

	public boolean isPaused() {
		return (this.lane != null) ? this.lane.isPaused() : (this.gate & PAUSED) != 0;
	}

	/**
	 * Pauses the handler, or ends its pause.
	 * @param paused whether it takes no event
	 */
	public void pause(boolean paused) {
		if (this.lane == null) {
			gate(PAUSED, paused);
		}
		else if (paused) {
			this.lane.pause();
		}
		else {
			this.lane.resume(this.core.frames().current());
		}
	}

	private synchronized void gate(int flag, boolean set) {
		this.gate = set ? (this.gate | flag) : (this.gate & ~flag);
	}

	public void resetMaxima() {
		settle();
		this.latency.resetMax();
		this.failedLatency.resetMax();
		if (this.lane != null) {
			this.lane.queueWait().resetMax();
		}
	}

	public Counters counters() {
		return this.counters;
	}

	/**
	 * Records all that was measured, and credits all that is offered.
	 */
	void settle() {
		for (Route route : this.routes) {
			route.settle();
		}
		this.core.registry().retired().settle();
		if (this.lane != null) {
			this.lane.settle();
		}
	}

	/**
	 * Hands the counts over when the handler has gone; what comes late goes there too.
	 * @param departed the counts of handlers that have gone
	 */
	void retireInto(Counters departed) {
		this.counters.moveTo(departed);
		departed.add(Counters.HANDLED, handled());
	}

	@Override
	public String handlerId() {
		return this.id;
	}

	@Override
	public boolean isActive() {
		return (this.gate & LEFT) == 0;
	}

	@Override
	public void close() {
		Headroom.require();
		leave(true);
	}

	private void leave(boolean discardQueued) {
		gate(LEFT, true);
		this.core.registry().remove(this);
		if (discardQueued && this.lane != null) {
			this.lane.discard(DropReason.UNSUBSCRIBED);
		}
	}

	/**
	 * Returns how closely the handler's patterns name an event.
	 * @param event the event's name
	 * @return the rank, lower is closer
	 */
	int rank(String event) {
		int rank = EventPattern.ALL.rank();
		for (EventPattern pattern : this.patterns) {
			if (pattern.rank() < rank && pattern.matches(event)) {
				rank = pattern.rank();
			}
		}
		return rank;
	}

	@Override
	public String toString() {
		return "Subscription[" + Names.printable(this.id) + "]";
	}

	/**
	 * Refers to an owner without keeping it, and to the registration that ends with it.
	 */
	static final class OwnerReference extends WeakReference<Object> {

		final Handler registration;

		OwnerReference(Object owner, ReferenceQueue<Object> queue, Handler registration) {
			super(owner, queue);
			this.registration = registration;
		}

	}

}
