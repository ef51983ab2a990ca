package io.telemetryrouter.internal.dispatch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.EventPattern;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetrySpan;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Run;
import io.telemetryrouter.internal.event.RunBinding;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.event.SpanIdentity;
import io.telemetryrouter.internal.event.SpanMark;
import io.telemetryrouter.internal.support.Headroom;

/**
 * The entry point of events: finds the route of each, or holds the event until the router
 * starts.
 */
public record Emitter(RouteCache routes, Dispatcher dispatcher, HoldBuffer held, Executor completions,
		BooleanSupplier blockingAllowed, long blockNanos, Runs runs, SpanTracker spans) implements TelemetryEmitter {

	@Override
	public void emit(String event, @Nullable Object payload) {
		emit(event, payload, null, null);
	}

	@Override
	public CompletableFuture<EmitOutcome> emitAsync(String event, @Nullable Object payload) {
		// A lane must be able to give up the part of an event that it cannot queue.
		Headroom.require();
		EmitTracker tracker = new EmitTracker(this.completions);
		emit(event, payload, tracker, null);
		tracker.emitted();
		return tracker.future();
	}

	/** Emits an event, with a tracker or as an event of a span if these are given. */
	void emit(String event, @Nullable Object payload, @Nullable EmitTracker tracker, @Nullable SpanMark span) {
		Route route = (event != null) ? this.routes.find(event) : null;
		if (route != null) {
			route.check(payload);
			this.dispatcher.dispatch(route, payload, tracker, span, null);
		}
		else {
			emitUnrouted(event, payload, tracker, span);
		}
	}

	/**
	 * Emits an event that has no route in the table: the first event of its name, an
	 * event of an untracked name, or one to be held. (The table is empty while events are
	 * held, so that the common path needs no check.)
	 */
	private void emitUnrouted(String event, @Nullable Object payload, @Nullable EmitTracker tracker,
			@Nullable SpanMark span) {
		Headroom.require();
		EventPattern.requireName(event);
		this.routes.compiler.checks.run(event, payload);
		if (this.held.isHolding()) {
			awaitRelease(event);
			if (this.held.hold(this.dispatcher.envelope(event, payload, tracker, span))) {
				return;
			}
		}
		this.dispatcher.dispatch(this.routes.route(event, payload), payload, tracker, span, null);
	}

	/**
	 * Blocks an emitter during the release, for the block timeout at most. Emitters that
	 * only add events to the buffer are faster than the release, which would never end.
	 */
	private void awaitRelease(String event) {
		if (this.held.isReleasing() && !DispatchStacks.isInsideHandler()
				&& DispatchStacks.inside(event, (frame) -> this.blockingAllowed.getAsBoolean())) {
			this.held.awaitRelease(this.blockNanos);
		}
	}

	/** Counts an event that has no recipients, but does not create its payload. */
	@Override
	public void emitLazily(String event, Supplier<?> payload) {
		Route route = hasHandlers(event) ? null : this.routes.route(event, null);
		if (route != null && (route.isEmpty() || this.dispatcher.closed)) {
			this.dispatcher.dispatch(route, null, null, null, null);
		}
		else {
			emit(event, payload.get());
		}
	}

	@Override
	public RunScope openRun(String runId) {
		return this.runs.run(runId).open();
	}

	@Override
	public TelemetryEmitter forRun(String runId) {
		return new RunEmitter(this, this.runs.run(runId));
	}

	@Override
	public TelemetryEmitter forRun(String runId, @Nullable String parentRunId) {
		return new RunEmitter(this, this.runs.run(runId, parentRunId));
	}

	@Override
	public TelemetrySpan span(String name, @Nullable Object payload) {
		return span(name, payload, this.runs.current(), RunBinding.currentSpan()).bind();
	}

	/** Starts a span that is not bound to a thread. */
	OpenSpan span(String name, @Nullable Object payload, @Nullable Run run, @Nullable SpanIdentity parent) {
		OpenSpan span = new OpenSpan(this, name, run, parent, payload);
		span.started();
		return span;
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
		return !this.dispatcher.closed && this.routes.hasListeners(event);
	}

	/** Dispatches the held events in order. Later events are no longer held. */
	public void start() {
		this.held.release(
				(event) -> this.dispatcher.dispatch(this.routes.passing(event.name(), event.payload()), event),
				(event, count) -> this.routes.passing(event, null).drop(DropReason.NOT_STARTED, count));
	}

	/** Counts the events still held, and every later event, as dropped. */
	public void close() {
		this.dispatcher.closed = true;
		start();
	}

}
