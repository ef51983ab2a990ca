package io.telemetryrouter.internal.registry;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.HandlerFailure;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.Payloads;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.health.StuckCalls;
import io.telemetryrouter.internal.lane.Lane;
import io.telemetryrouter.internal.lane.LaneTarget;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.SampleBuffer;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Names;

/**
 * A registered handler: its {@linkplain HandlerOptions options}, its
 * {@linkplain Admission admission}, its {@linkplain HandlerMetrics metrics} and, if it is
 * asynchronous, its {@linkplain Lane lane}. Counts what becomes of each event. Its
 * subscription, too.
 */
public final class Handler implements Subscription, LaneTarget, CircuitBreaker.Target {

	public final HandlerOptions options;

	public final Admission admission;

	public final HandlerMetrics metrics;

	private final HandlerServices services;

	private final HandlerRegistry registry;

	private final @Nullable Lane lane;

	/** Null for a handler that leaves by itself before long. */
	private final @Nullable CircuitBreaker breaker;

	/** Written under the lock of the table. */
	volatile HandlerState state = HandlerState.ACTIVE;

	Handler(HandlerOptions options, @Nullable Object owner, HandlerServices services, HandlerRegistry registry) {
		this.options = options;
		this.services = services;
		this.registry = registry;
		this.metrics = new HandlerMetrics(services.samples(), !options.async && !services.measured());
		this.admission = new Admission(this, options,
				(owner != null) ? new OwnerReference(owner, registry.collectedOwners(), this) : null);
		this.lane = options.async
				? new Lane(this, options.maxQueue, options.overflow, options.concurrency, services.lanes()) : null;
		this.breaker = (services.quarantine().enabled() && options.times == 0) ? new CircuitBreaker(this,
				services.quarantine(), services.reporter(), services.clock(), services.ticker()) : null;
	}

	public @Nullable Lane lane() {
		return this.lane;
	}

	public @Nullable CircuitBreaker breaker() {
		return this.breaker;
	}

	/**
	 * Returns whether an event can be queued without a further look.
	 * @param payload the event's payload
	 * @return {@code true} for the usual case
	 */
	public boolean takes(@Nullable Object payload) {
		return this.admission.isOpen() && this.options.accepts(payload);
	}

	/**
	 * Queues an event for an asynchronous handler, or counts it as dropped, without
	 * waiting.
	 * @param event the event
	 * @param stack the emitting thread's
	 * @return {@code false} if the emitter has to {@linkplain #awaitRoom wait} for room
	 */
	public boolean offer(Envelope<?> event, DispatchStack stack) {
		return this.lane == null || this.lane.offer(event, stack);
	}

	/**
	 * Wakes the lane of an asynchronous handler for an event that was offered.
	 */
	public void wake() {
		try {
			if (this.lane != null) {
				this.lane.wake();
			}
		}
		catch (Throwable ex) {
			// Such as no stack to wake with. The event is queued or counted, and the next
			// event or the watchdog tries again: not a failure.
			return;
		}
	}

	/**
	 * Waits for room for an event that was offered, and queues it or counts it as
	 * dropped.
	 * @param event the event
	 */
	public void awaitRoom(Envelope<?> event) {
		try {
			if (this.lane != null) {
				this.lane.awaitRoom(event);
			}
		}
		catch (Throwable ex) {
			// As above.
			return;
		}
		wake();
	}

	private void invoke(String event, @Nullable Object payload, @Nullable Envelope<?> envelope) throws Throwable {
		if (this.options.payloadHandler != null) {
			this.options.payloadHandler.handle(event, Payloads.asIs(payload));
		}
		else if (this.options.eventHandler != null) {
			this.options.eventHandler.handle(Payloads.typed(envelope));
		}
	}

	/**
	 * Calls a synchronous handler that is not open, if it gets the event.
	 * @param event the event's name
	 * @param payload its payload
	 * @param frame the emit's
	 * @return whether it was called; otherwise the event is counted
	 * @throws Throwable whatever the handler throws
	 */
	public boolean invokeAdmitted(String event, @Nullable Object payload, DispatchFrame frame) throws Throwable {
		if (!this.admission.admit(event, payload, frame.envelope(), frame.stack, frame.tracker())) {
			return false;
		}
		invoke(event, payload, frame.envelope());
		succeeded(frame.stack);
		return true;
	}

	/** Tells the breaker of a call that returned, while it counts calls. */
	private void succeeded(DispatchStack stack) {
		if (this.breaker != null && this.admission.isCounted()) {
			this.breaker.returned(stack);
		}
	}

	/**
	 * Counts a call that took long, by the handler's own threshold.
	 * @param event the event's name
	 * @param nanos how long it took
	 */
	public void slow(String event, long nanos) {
		this.metrics.counters.add(Counters.SLOW, 1);
		this.services.reporter()
			.slowHandler(this.options.id, event, nanos, this.options.slowNanos, this.metrics.slowReports);
	}

	/**
	 * Counts and reports a failure. Never throws once it has counted.
	 * @param event the event's name
	 * @param error what was thrown
	 * @param nanos how long the call took, or -1 where none was measured
	 * @param stack the calling thread's
	 * @param tracker the emit's, if it is tracked
	 */
	public void failed(String event, Throwable error, long nanos, DispatchStack stack, @Nullable EmitTracker tracker) {
		this.metrics.counters.add(Counters.FAILED, 1);
		try {
			Headroom.require();
			try {
				record(error, nanos, tracker);
				if (nanos > this.options.slowNanos) {
					slow(event, nanos);
				}
				report(new HandlerFailure(this.options.id, event, error));
			}
			finally {
				judge(error, stack);
			}
		}
		catch (Throwable ex) {
			// Counted already. A handler may have left hardly any stack or heap to report
			// with, and there is nothing left that could be trusted to work.
			return;
		}
	}

	private void record(Throwable error, long nanos, @Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.failed();
		}
		if (nanos >= 0) {
			this.metrics.failedLatency.record(nanos, null);
		}
		this.metrics.failures.add(error, this.services.clock().instant());
	}

	private void report(HandlerFailure failure) {
		for (HandlerErrorListener listener : this.services.errorListeners()) {
			try {
				listener.onFailure(failure);
			}
			catch (Throwable ex) {
				this.services.reporter().callbackFailed("Error listener", ex);
			}
		}
		this.services.reporter()
			.handlerFailed(this.options.id, failure.event(), failure.error(), this.metrics.failureReports);
	}

	private void judge(Throwable error, DispatchStack stack) {
		if (error instanceof InterruptedException) {
			// Thrown with the flag cleared; the emitter must still learn of it.
			Thread.currentThread().interrupt();
		}
		if (this.breaker != null) {
			this.breaker.failed(error, stack);
		}
	}

	void conditionFailed(String event, Throwable error, DispatchStack stack, @Nullable EmitTracker tracker) {
		if (this.lane != null && this.breaker != null) {
			this.breaker.conditionFailed();
		}
		failed(event, error, -1, stack, tracker);
	}

	@Override
	public void invoke(Envelope<?> event) throws Throwable {
		invoke(event.name(), event.payload(), event);
	}

	@Override
	public void handled(Envelope<?> event, long nanos, @Nullable SampleBuffer buffer, DispatchStack stack) {
		succeeded(stack);
		EmitTracker tracker = event.tracker();
		if (tracker != null) {
			tracker.handled();
		}
		if (nanos > this.options.slowNanos) {
			slow(event.name(), nanos);
		}
		// Last: an event that was not counted counts as failed.
		if (nanos >= 0) {
			this.metrics.latency.record(nanos, buffer);
		}
		else {
			this.metrics.counters.add(Counters.HANDLED, 1);
		}
	}

	@Override
	public void failed(Envelope<?> event, Throwable error, long nanos, DispatchStack stack) {
		failed(event.name(), error, nanos, stack, event.tracker());
	}

	@Override
	public void abandoned(Envelope<?> event, Throwable error, long nanos, DispatchStack stack) {
		this.metrics.counters.add(Counters.FAILED, 1);
		try {
			record(error, this.services.measured() ? nanos : -1, event.tracker());
			HandlerFailure failure = new HandlerFailure(this.options.id, event.name(), error);
			// Error listeners are the user's code, and must not hold the watchdog up.
			this.services.callbacks().execute(() -> report(failure));
			judge(error, stack);
		}
		catch (Throwable ex) {
			// Counted already.
			return;
		}
	}

	@Override
	public boolean claimProbe(DispatchStack stack) {
		return this.breaker != null && this.breaker.claim(stack);
	}

	// Counting comes last: what ends early has then not been counted.

	void filter(@Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.filtered();
		}
		this.metrics.counters.add(Counters.FILTERED, 1);
	}

	void mismatch(String event, @Nullable Object payload, @Nullable EmitTracker tracker) {
		this.services.reporter()
			.typeMismatch(this.options.id, this.options.payloadType, event, payload, this.metrics.mismatchReports);
		drop(DropReason.TYPE_MISMATCH, tracker);
	}

	@Override
	public void drop(DropReason reason, @Nullable EmitTracker tracker) {
		if (tracker != null) {
			tracker.dropped(1);
		}
		drop(reason, 1);
	}

	public void drop(DropReason reason, long count) {
		this.metrics.counters.drop(reason, count);
	}

	/**
	 * Called when a route leads to the handler from now on.
	 * @param route the route
	 */
	public void routed(OfferedEvents route) {
		this.metrics.routes.add(route);
	}

	/**
	 * Called when a route has counted its last event for the handler.
	 * @param route the route
	 */
	public void unrouted(OfferedEvents route) {
		this.metrics.routes.remove(route);
	}

	/**
	 * Reads the account.
	 * @return the account as of now
	 */
	public HandlerAccount account() {
		return this.metrics.account(this.options.number, this.lane);
	}

	@Override
	public StuckCalls stuckCalls() {
		return this.metrics.stuckCalls;
	}

	@Override
	public int abandonedCalls() {
		return this.metrics.stuckCalls.abandoned();
	}

	@Override
	public long skipped() {
		return this.metrics.counters.dropped(DropReason.QUARANTINED);
	}

	@Override
	public boolean isQuarantined() {
		return this.admission.isQuarantined();
	}

	@Override
	public void countCalls(boolean counted) {
		this.admission.countCalls(counted);
	}

	@Override
	public void quarantine(boolean quarantined) {
		// The gate decides: last in, first out.
		if (quarantined && this.lane != null) {
			this.lane.quarantine(true);
		}
		this.admission.quarantine(quarantined);
		if (!quarantined && this.lane != null) {
			this.lane.quarantine(false);
		}
	}

	public boolean isPaused() {
		return (this.lane != null) ? this.lane.isPaused() : this.admission.isPaused();
	}

	/**
	 * Pauses the handler, or ends its pause.
	 * @param paused whether it takes no event
	 */
	public void pause(boolean paused) {
		if (this.lane == null) {
			this.admission.pause(paused);
		}
		else if (paused) {
			this.lane.pause();
		}
		else {
			this.lane.resume();
		}
	}

	public void resetMaxima() {
		this.metrics.resetMaxima();
		if (this.lane != null) {
			this.lane.queueWait().resetMax(this.services.samples());
		}
	}

	/**
	 * Looks after the handler. For the watchdog.
	 * @param now the time, on the monotonic clock
	 */
	public void check(long now) {
		if (this.lane != null) {
			this.lane.check();
		}
		if (this.breaker != null && this.admission.isCounted()) {
			this.breaker.relax(now);
		}
	}

	@Override
	public String handlerId() {
		return this.options.id;
	}

	@Override
	public long handlerNumber() {
		return this.options.number;
	}

	@Override
	public boolean isActive() {
		return this.admission.isActive();
	}

	@Override
	public void close() {
		Headroom.require();
		leave(true);
	}

	/**
	 * Ends the lane with the router: drops what is queued and gives up what still runs.
	 * @param reason why
	 */
	public void stop(DropReason reason) {
		if (this.lane != null) {
			this.lane.close(reason);
			this.lane.giveUpOverdue(0);
		}
	}

	void leave(boolean discardQueued) {
		this.admission.leave();
		this.registry.remove(this);
		if (discardQueued) {
			if (this.lane != null) {
				this.lane.discard(DropReason.UNSUBSCRIBED);
			}
			this.registry.retire(this);
		}
	}

	@Override
	public String toString() {
		return "Subscription[" + Names.printable(this.options.id) + "]";
	}

}
