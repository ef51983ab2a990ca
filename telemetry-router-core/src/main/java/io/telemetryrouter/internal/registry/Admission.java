package io.telemetryrouter.internal.registry;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.EmitTracker.Outcome;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.Payloads;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.lane.Recording;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.support.Headroom;

/**
 * Decides, on the emitting thread, whether a handler gets an event, and counts the event
 * if the handler does not get it. Thread-safe.
 * <p>
 * All conditions are flags of one number, the gate. The gate of a handler that takes
 * every event is 0, so the usual case costs one read.
 */
public final class Admission implements CircuitBreaker.Gate {

	/** Each event is checked: the handler has a condition, a run, an owner or a limit. */
	private static final int SELECTIVE = 1;

	/** The handler is removed and takes no new event. */
	static final int LEFT = 2;

	/** The {@link CircuitBreaker} of the handler is not closed. */
	static final int QUARANTINED = 4;

	/** The handler is synchronous and paused. */
	static final int PAUSED = 8;

	/** The breaker counts calls that return. */
	static final int COUNTED = 16;

	private final Handler handler;

	private final HandlerOptions options;

	/** The number of events that a limited handler still takes, else {@code null}. */
	private final @Nullable AtomicLong remaining;

	private final @Nullable WeakReference<Object> owner;

	private volatile int gate;

	Admission(Handler handler, HandlerOptions options, @Nullable Object owner) {
		this.handler = handler;
		this.options = options;
		this.remaining = (options.times > 0) ? new AtomicLong(options.times) : null;
		this.owner = (owner != null) ? new WeakReference<>(owner) : null;
		this.gate = (options.condition != null || options.run != null || this.remaining != null || owner != null)
				? SELECTIVE : 0;
	}

	/** Returns whether the handler takes every event with a payload of its type. */
	public boolean isOpen() {
		return this.gate == 0;
	}

	boolean has(int flag) {
		return (this.gate & flag) != 0;
	}

	synchronized void set(int flag, boolean on) {
		this.gate = on ? (this.gate | flag) : (this.gate & ~flag);
	}

	@Override
	public boolean isActive() {
		return !has(LEFT);
	}

	/** Returns whether the owner of the handler was collected. */
	boolean isAbandoned() {
		return this.owner != null && this.owner.refersTo(null);
	}

	@Override
	public boolean isQuarantined() {
		return has(QUARANTINED);
	}

	@Override
	public void quarantine(boolean quarantined) {
		set(QUARANTINED, quarantined);
	}

	@Override
	public void countCalls(boolean counted) {
		set(COUNTED, counted);
	}

	@Override
	public long skipped() {
		return this.handler.metrics.counters.dropped(DropReason.QUARANTINED);
	}

	/**
	 * Returns whether the handler gets an event, and counts the event if not. Claims one
	 * event of a limited handler. The envelope is present if the handler
	 * {@linkplain HandlerOptions#needsEnvelope() needs} one.
	 */
	public boolean admit(@Nullable Object payload, @Nullable Envelope<?> envelope, DispatchFrame frame) {
		int flags = this.gate;
		if (flags == 0 && this.options.accepts(payload)) {
			return true;
		}
		if ((flags & (LEFT | PAUSED)) != 0) {
			this.handler.drop(((flags & LEFT) != 0) ? DropReason.UNSUBSCRIBED : DropReason.PAUSED, frame.tracker());
			return false;
		}
		CircuitBreaker breaker = this.handler.breaker;
		if ((flags & QUARANTINED) != 0 && breaker != null) {
			return admitProbe(breaker, payload, envelope, frame);
		}
		return select(payload, envelope, frame);
	}

	/**
	 * Returns the envelope of an event that an earlier process recorded, counted as
	 * offered, or {@code null} if the handler does not get the event.
	 */
	@Nullable Envelope<?> admit(RecordedEvent event, Recording recording) {
		if (this.options.patterns.stream().noneMatch((pattern) -> pattern.matches(event.name()))) {
			return null;
		}
		this.handler.offered();
		try {
			Object payload = event.payload(this.options.recordedType());
			Envelope<?> envelope = recording.envelope(event, payload, null);
			return DispatchStacks.inside(event.name(), (frame) -> admit(payload, envelope, frame)) ? envelope : null;
		}
		catch (Throwable ex) {
			this.handler.drop(DropReason.TYPE_MISMATCH, null);
			this.handler.failures.unreadable(event.name(), ex);
			return null;
		}
	}

	private boolean admitProbe(CircuitBreaker breaker, @Nullable Object payload, @Nullable Envelope<?> envelope,
			DispatchFrame frame) {
		if (this.options.async && breaker.isDue()) {
			// The worker claims the probe.
			return select(payload, envelope, frame);
		}
		if (this.options.async || !breaker.claim(frame.stack)) {
			missed(envelope, DropReason.QUARANTINED);
			this.handler.drop(DropReason.QUARANTINED, frame.tracker());
			return false;
		}
		boolean selected = false;
		try {
			selected = select(payload, envelope, frame);
			return selected;
		}
		finally {
			if (!selected) {
				breaker.giveBack(frame.stack);
			}
		}
	}

	private boolean select(@Nullable Object payload, @Nullable Envelope<?> envelope, DispatchFrame frame) {
		EmitTracker tracker = frame.tracker();
		if (isAbandoned()) {
			this.handler.close();
			this.handler.drop(DropReason.UNSUBSCRIBED, tracker);
			return false;
		}
		if (this.options.run != null && !(envelope != null && this.options.run.equals(envelope.runId()))) {
			filter(tracker);
			return false;
		}
		if (!this.options.accepts(payload)) {
			if (this.options.anyEvent) {
				filter(tracker);
			}
			else {
				this.handler.failures.mismatch(frame.event(), payload);
				this.handler.drop(DropReason.TYPE_MISMATCH, tracker);
			}
			return false;
		}
		return satisfies(envelope, frame) && claim(tracker);
	}

	private boolean satisfies(@Nullable Envelope<?> envelope, DispatchFrame frame) {
		if (this.options.condition == null) {
			return true;
		}
		long caller = frame.running();
		frame.running(this.options.number | DispatchFrame.CONDITION);
		try {
			if (test(this.options.condition, envelope, frame)) {
				return true;
			}
			filter(frame.tracker());
		}
		catch (Throwable ex) {
			missed(envelope, DropReason.CONDITION_FAILED);
			this.handler.failures.conditionFailed(frame, envelope, ex);
		}
		finally {
			frame.running(caller);
		}
		return false;
	}

	private boolean test(Predicate<TelemetryEvent<Object>> condition, @Nullable Envelope<?> envelope,
			DispatchFrame frame) {
		try {
			return condition.test(Payloads.typed(envelope));
		}
		finally {
			this.handler.failures.took("condition of handler", frame);
		}
	}

	private boolean claim(@Nullable EmitTracker tracker) {
		if (this.remaining == null) {
			return true;
		}
		long left = this.remaining.get();
		while (left > 0) {
			if (left == 1) {
				// The claim of the last event removes the handler, under a lock.
				Headroom.requireForTwo();
			}
			if (this.remaining.compareAndSet(left, left - 1)) {
				break;
			}
			left = this.remaining.get();
		}
		if (left == 1) {
			// Remove the handler, but keep its queued events.
			this.handler.leave(false);
		}
		if (left <= 0) {
			this.handler.drop(DropReason.UNSUBSCRIBED, tracker);
		}
		return left > 0;
	}

	private void filter(@Nullable EmitTracker tracker) {
		EmitTracker.count(tracker, Outcome.FILTERED);
		// Last: if this method throws before, the event is not counted.
		this.handler.metrics.counters.add(Counters.FILTERED, 1);
	}

	/** Adds an event that was not queued to the next gap notice, if there are notices. */
	private void missed(@Nullable Envelope<?> event, DropReason reason) {
		Lane lane = this.handler.lane();
		if (event != null && lane != null) {
			lane.missed(event, reason);
		}
	}

}
