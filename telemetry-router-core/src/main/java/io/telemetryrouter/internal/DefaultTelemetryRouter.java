package io.telemetryrouter.internal;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.EventPattern;
import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.FlushResult;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.HandlerSpecCustomizer;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.RouterListener;
import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.SpanSnapshot;
import io.telemetryrouter.Subscription;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetrySpan;
import io.telemetryrouter.internal.dispatch.Emitter;
import io.telemetryrouter.internal.registry.CallSites;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.registry.HandlerOptions;
import io.telemetryrouter.internal.support.Arguments;
import io.telemetryrouter.internal.support.Names;

/**
 * The router: checks arguments and delegates each call to the responsible part.
 */
public final class DefaultTelemetryRouter implements TelemetryRouter {

	private final RouterSettings settings;

	private final RouterParts parts;

	private final Emitter emitter;

	private final Shutdown shutdown;

	/** Whether durable handlers begin when they subscribe, and not with the router. */
	private volatile boolean started;

	/** Numbers the handlers that have no id of their own. */
	private final AtomicLong numbers = new AtomicLong();

	public DefaultTelemetryRouter(RouterSettings settings) {
		this.settings = settings;
		this.parts = new RouterParts(settings);
		this.emitter = this.parts.emitter;
		this.shutdown = new Shutdown(this.parts, settings.shutdownTimeout());
		this.started = !this.parts.held.isHolding();
	}

	@Override
	public void emit(String event, @Nullable Object payload) {
		this.emitter.emit(event, payload);
	}

	@Override
	public CompletableFuture<EmitOutcome> emitAsync(String event, @Nullable Object payload) {
		return this.emitter.emitAsync(event, payload);
	}

	@Override
	public boolean hasHandlers(String event) {
		return this.emitter.hasHandlers(event);
	}

	@Override
	public void emitLazily(String event, Supplier<?> payload) {
		this.emitter.emitLazily(event, payload);
	}

	@Override
	public RunScope openRun(String runId) {
		return this.emitter.openRun(runId);
	}

	@Override
	public TelemetryEmitter forRun(String runId) {
		return this.emitter.forRun(runId);
	}

	@Override
	public TelemetryEmitter forRun(String runId, @Nullable String parentRunId) {
		return this.emitter.forRun(runId, parentRunId);
	}

	@Override
	public TelemetrySpan span(String name, @Nullable Object payload) {
		return this.emitter.span(name, payload);
	}

	@Override
	public Subscription subscribe(HandlerSpec<?> spec) {
		Arguments.require(spec, "spec");
		requireOpen();
		HandlerSpec<?> customized = spec;
		for (HandlerSpecCustomizer customizer : this.settings.specCustomizers()) {
			customized = customizer.customize(customized);
			if (customized == null) {
				return new InactiveSubscription((spec.id() != null) ? spec.id() : nextId());
			}
		}
		String source = (customized.source() != null) ? customized.source() : CallSites.caller();
		String id = customized.id();
		Handler handler;
		do {
			handler = register((id != null) ? id : nextId(), customized, source);
			// Repeats if another handler already has the generated id.
		}
		while (handler == null && id == null);
		if (handler == null) {
			throw new IllegalArgumentException("Handler id " + Names.quoted(String.valueOf(id))
					+ " is taken by another handler: give each its own id");
		}
		if (this.shutdown.hasBegun()) {
			// A concurrent close may already have closed all handlers.
			handler.close();
			requireOpen();
		}
		if (this.started) {
			handler.begin();
		}
		this.parts.watchdog.start();
		this.parts.watchdog.watch(handler.timeoutNanos);
		return handler;
	}

	private @Nullable Handler register(String id, HandlerSpec<?> spec, String source) {
		HandlerOptions options = new HandlerOptions(id, spec, source, this.parts.defaults);
		if (this.started) {
			// Before the start, a recorder may still be added; start() checks again.
			this.parts.registry.requireRecorder(options);
		}
		return this.parts.registry.add(options, spec);
	}

	private String nextId() {
		return "handler-" + this.numbers.incrementAndGet();
	}

	@Override
	public CompletableFuture<TelemetryEvent<?>> next(String pattern, Predicate<TelemetryEvent<?>> filter,
			Duration timeout) {
		Arguments.require(filter, "filter");
		Arguments.require(timeout, "timeout");
		requireOpen();
		Arguments.requirePositive(timeout, "timeout");
		return this.parts.nextEvents.await(EventPattern.parse(pattern), filter, timeout);
	}

	private void requireOpen() {
		if (this.shutdown.hasBegun()) {
			throw new IllegalStateException("Telemetry router is closed");
		}
	}

	@Override
	public FlushResult flush(Duration timeout) {
		Arguments.require(timeout, "timeout");
		return this.parts.flush.all(timeout);
	}

	@Override
	public @Nullable FlushResult flush(String handlerId, Duration timeout) {
		Arguments.require(timeout, "timeout");
		Handler handler = this.parts.handlers.get(handlerId);
		return (handler != null) ? this.parts.flush.one(handler, timeout) : null;
	}

	@Override
	public FlushResult flushRun(String runId, Duration timeout) {
		Arguments.require(timeout, "timeout");
		return this.parts.flush.run(runId, timeout);
	}

	@Override
	public int replay(RecordedEvent event) {
		Arguments.require(event, "event");
		return this.parts.replay.replay(event);
	}

	@Override
	public boolean pause(String handlerId) {
		Handler handler = this.parts.handlers.get(handlerId);
		if (handler == null || this.shutdown.hasBegun()) {
			return false;
		}
		handler.pause(true);
		if (this.shutdown.hasBegun()) {
			// A concurrent close may already have ended all pauses.
			handler.pause(false);
			return false;
		}
		return true;
	}

	@Override
	public boolean resume(String handlerId) {
		boolean[] known = new boolean[1];
		// Includes handlers that are leaving with events still queued.
		this.parts.handlers.forEach((handler) -> {
			if (handler.handlerId().equals(handlerId)) {
				handler.pause(false);
				known[0] = true;
			}
		});
		return known[0];
	}

	@Override
	public boolean release(String handlerId) {
		Handler handler = this.parts.handlers.get(handlerId);
		if (handler != null && handler.breaker != null) {
			handler.breaker.release();
		}
		return handler != null;
	}

	@Override
	public boolean resetMaxima(String handlerId) {
		Handler handler = this.parts.handlers.get(handlerId);
		if (handler != null) {
			handler.metrics.resetMaxima();
		}
		return handler != null;
	}

	@Override
	public void resetMaxima() {
		this.parts.handlers.active().forEach((handler) -> handler.metrics.resetMaxima());
		this.parts.events.all().forEach((event) -> event.latency.resetMax(this.parts.samples));
	}

	@Override
	public RouterSnapshot snapshot() {
		return this.parts.snapshots.router();
	}

	@Override
	public @Nullable HandlerSnapshot handlerSnapshot(String handlerId) {
		return this.parts.snapshots.handler(handlerId);
	}

	@Override
	public @Nullable EventSnapshot eventSnapshot(String event) {
		return this.parts.snapshots.event(event);
	}

	@Override
	public SpanSnapshot spanSnapshot() {
		return this.parts.spans.snapshot();
	}

	@Override
	public void addListener(RouterListener listener) {
		Arguments.require(listener, "listener");
		this.parts.registry.addListener(listener);
	}

	@Override
	public void removeListener(RouterListener listener) {
		this.parts.registry.removeListener(listener);
	}

	@Override
	public void start() {
		// First, so that a handler that subscribes meanwhile begins by itself.
		this.started = true;
		for (Handler handler : this.parts.handlers.active()) {
			this.parts.registry.requireRecorder(handler.options);
		}
		for (Handler handler : this.parts.handlers.active()) {
			handler.begin();
		}
		this.emitter.start();
	}

	@Override
	public void close() {
		this.shutdown.close();
	}

	/** The subscription of a handler that a customizer has left out. */
	private record InactiveSubscription(String handlerId) implements Subscription {

		@Override
		public boolean isActive() {
			return false;
		}

		@Override
		public void close() {
		}

	}

}
