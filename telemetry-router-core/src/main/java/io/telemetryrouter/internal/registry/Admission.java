package io.telemetryrouter.internal.registry;

import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.Payloads;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.support.Headroom;

/**
 * Decides, on the emitting thread, whether a handler gets an event, and counts the event
 * if not. Thread-safe.
 * <p>
 * All that could speak against it is in one number, the gate, which is 0 for a handler
 * that takes every event as it comes. So the usual case costs one read.
 */
public final class Admission {

	/** The handler has to look at each event: it has a condition, an owner or a limit. */
	private static final int SELECTIVE = 1;

	/** The handler takes no new event. */
	private static final int LEFT = 2;

	/** The {@link CircuitBreaker} of the handler is not closed. */
	private static final int QUARANTINED = 4;

	/** The handler is synchronous and paused. */
	private static final int PAUSED = 8;

	/** The breaker counts calls that return. */
	private static final int COUNTED = 16;

	private final Handler handler;

	private final HandlerOptions options;

	/** How many events it still takes, if that is limited. */
	private final @Nullable AtomicLong remaining;

	private final @Nullable OwnerReference owner;

	private volatile int gate;

	Admission(Handler handler, HandlerOptions options, @Nullable OwnerReference owner) {
		this.handler = handler;
		this.options = options;
		this.remaining = (options.times > 0) ? new AtomicLong(options.times) : null;
		this.owner = owner;
		this.gate = (options.condition != null || this.remaining != null || owner != null) ? SELECTIVE : 0;
	}

	/**
	 * Returns whether every event with a payload of the handler's type can be handed over
	 * without a further look.
	 * @return {@code true} for the usual case
	 */
	public boolean isOpen() {
		return this.gate == 0;
	}

	boolean isActive() {
		return (this.gate & LEFT) == 0;
	}

	boolean isQuarantined() {
		return (this.gate & QUARANTINED) != 0;
	}

	boolean isPaused() {
		return (this.gate & PAUSED) != 0;
	}

	boolean isCounted() {
		return (this.gate & COUNTED) != 0;
	}

	/**
	 * Takes no new events from now on.
	 * @return {@code false} if that was so before
	 */
	synchronized boolean leave() {
		boolean first = isActive();
		this.gate |= LEFT;
		return first;
	}

	void quarantine(boolean quarantined) {
		gate(QUARANTINED, quarantined);
	}

	void pause(boolean paused) {
		gate(PAUSED, paused);
	}

	void countCalls(boolean counted) {
		if (counted != isCounted()) {
			gate(COUNTED, counted);
		}
	}

	private synchronized void gate(int flag, boolean set) {
		this.gate = set ? (this.gate | flag) : (this.gate & ~flag);
	}

	/**
	 * Decides about an event.
	 * @param event the event's name
	 * @param payload its payload
	 * @param envelope its envelope, if this handler needs one
	 * @param stack the emitting thread's
	 * @param tracker the emit's, if it is tracked
	 * @return whether to go on; an event of a limited handler is claimed then
	 */
	public boolean admit(String event, @Nullable Object payload, @Nullable Envelope<?> envelope, DispatchStack stack,
			@Nullable EmitTracker tracker) {
		int flags = this.gate;
		if ((flags & LEFT) != 0) {
			this.handler.drop(DropReason.UNSUBSCRIBED, tracker);
			return false;
		}
		if ((flags & PAUSED) != 0) {
			this.handler.drop(DropReason.PAUSED, tracker);
			return false;
		}
		CircuitBreaker breaker = this.handler.breaker();
		if ((flags & QUARANTINED) != 0 && breaker != null) {
			return admitProbe(breaker, event, payload, envelope, stack, tracker);
		}
		return select(event, payload, envelope, stack, tracker);
	}

	private boolean admitProbe(CircuitBreaker breaker, String event, @Nullable Object payload,
			@Nullable Envelope<?> envelope, DispatchStack stack, @Nullable EmitTracker tracker) {
		if (this.options.async && breaker.isDue()) {
			// Its worker makes the probe.
			return select(event, payload, envelope, stack, tracker);
		}
		if (this.options.async || !breaker.claim(stack)) {
			this.handler.drop(DropReason.QUARANTINED, tracker);
			return false;
		}
		boolean selected = false;
		try {
			selected = select(event, payload, envelope, stack, tracker);
			return selected;
		}
		finally {
			if (!selected) {
				breaker.giveBack(stack);
			}
		}
	}

	private boolean select(String event, @Nullable Object payload, @Nullable Envelope<?> envelope, DispatchStack stack,
			@Nullable EmitTracker tracker) {
		if (this.owner != null && this.owner.refersTo(null)) {
			this.handler.close();
			this.handler.drop(DropReason.UNSUBSCRIBED, tracker);
			return false;
		}
		if (!this.options.accepts(payload)) {
			if (this.options.anyEvent) {
				this.handler.filter(tracker);
			}
			else {
				this.handler.mismatch(event, payload, tracker);
			}
			return false;
		}
		return satisfies(event, envelope, stack, tracker) && claim(tracker);
	}

	private boolean satisfies(String event, @Nullable Envelope<?> envelope, DispatchStack stack,
			@Nullable EmitTracker tracker) {
		if (this.options.condition == null) {
			return true;
		}
		try {
			if (this.options.condition.test(Payloads.typed(envelope))) {
				return true;
			}
			this.handler.filter(tracker);
		}
		catch (Throwable ex) {
			this.handler.conditionFailed(event, ex, stack, tracker);
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
				// Whoever claims the last event has to leave, too, which takes a lock.
				Headroom.requireForTwo();
			}
			if (this.remaining.compareAndSet(left, left - 1)) {
				break;
			}
			left = this.remaining.get();
		}
		if (left == 1) {
			// Has had its last event: leaves, but keeps what is queued.
			this.handler.leave(false);
		}
		if (left <= 0) {
			this.handler.drop(DropReason.UNSUBSCRIBED, tracker);
		}
		return left > 0;
	}

}
