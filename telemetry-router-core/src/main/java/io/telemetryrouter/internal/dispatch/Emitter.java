package io.telemetryrouter.internal.dispatch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.EventPattern;
import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.support.Headroom;

/**
 * Takes events in: finds the route of each, or holds the event until the router starts.
 *
 * @since 0.1.0
 */
public final class Emitter implements TelemetryEmitter {

	private final Routes routes;

	private final Dispatcher dispatcher;

	private final HoldBuffer held;

	private final Executor completions;

	private final BooleanSupplier blockingAllowed;

	private final long blockNanos;

	public Emitter(Routes routes, Dispatcher dispatcher, HoldBuffer held, Executor completions,
			BooleanSupplier blockingAllowed, long blockNanos) {
		this.routes = routes;
		this.dispatcher = dispatcher;
		this.held = held;
		this.completions = completions;
		this.blockingAllowed = blockingAllowed;
		this.blockNanos = blockNanos;
	}

	@Override
	public void emit(String event, @Nullable Object payload) {
		Route route = (event != null) ? this.routes.find(event) : null;
		if (route != null) {
			this.dispatcher.dispatch(route, payload, null, null);
		}
		else {
			emitUnrouted(event, payload, null);
		}
	}

	@Override
	public <T> void emit(EventType<T> type, T payload) {
		if (type == null) {
			throw new IllegalArgumentException("Event type must not be null");
		}
		emit(type.name(), payload);
	}

	@Override
	public CompletableFuture<EmitOutcome> emitAsync(String event, @Nullable Object payload) {
		EmitTracker tracker = new EmitTracker(this.completions);
		Route route = (event != null) ? this.routes.find(event) : null;
		if (route != null) {
			this.dispatcher.dispatch(route, payload, tracker, null);
		}
		else {
			emitUnrouted(event, payload, tracker);
		}
		tracker.emitted();
		return tracker.future();
	}

	/**
	 * Emits an event that has no route in the table: the first of its name, one of an
	 * untracked name, or one to be held. (While events are held the table is empty, so
	 * that the usual way needs no check.)
	 */
	private void emitUnrouted(String event, @Nullable Object payload, @Nullable EmitTracker tracker) {
		Headroom.require();
		EventPattern.requireName(event);
		if (this.held.isHolding()) {
			awaitRelease();
			if (this.held.hold(this.dispatcher.hold(event, payload, tracker))) {
				return;
			}
		}
		this.dispatcher.dispatch(this.routes.route(event, payload), payload, tracker, null);
	}

	/**
	 * Makes an emitter wait during the release, for the block timeout at most: emitters
	 * that only queue are faster than the release, which would never end.
	 */
	private void awaitRelease() {
		if (this.held.isReleasing() && !DispatchStacks.isInsideHandler() && this.blockingAllowed.getAsBoolean()) {
			try {
				this.held.awaitRelease(this.blockNanos);
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
			}
		}
	}

	@Override
	public boolean hasHandlers(String event) {
		Route route = (event != null) ? this.routes.find(event) : null;
		if (route == null) {
			EventPattern.requireName(event);
		}
		if (this.held.isHolding()) {
			return true;
		}
		return !this.dispatcher.isClosed() && this.routes.hasListeners(event);
	}

	/** Delivers the held events in order, and holds no more. */
	public void start() {
		this.held.release(
				(event) -> this.dispatcher.dispatch(this.routes.passing(event.name(), event.payload()), event.payload(),
						event.tracker(), event),
				(event, count) -> Dispatcher.drop(this.routes.passing(event, null), DropReason.NOT_STARTED, count));
	}

	/** Counts every event as dropped from now on, and delivers the held events. */
	public void close() {
		this.dispatcher.close();
		start();
	}

}
