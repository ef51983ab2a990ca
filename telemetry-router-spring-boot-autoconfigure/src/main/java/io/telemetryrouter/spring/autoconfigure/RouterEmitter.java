package io.telemetryrouter.spring.autoconfigure;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetrySpan;

/**
 * An emitter that delegates to a router without being a {@link TelemetryRouter}, so that
 * a lookup of a router by type finds one bean.
 */
final class RouterEmitter implements TelemetryEmitter {

	private final TelemetryRouter router;

	RouterEmitter(TelemetryRouter router) {
		this.router = router;
	}

	@Override
	public void emit(String event, @Nullable Object payload) {
		this.router.emit(event, payload);
	}

	@Override
	public CompletableFuture<EmitOutcome> emitAsync(String event, @Nullable Object payload) {
		return this.router.emitAsync(event, payload);
	}

	@Override
	public void emitLazily(String event, Supplier<?> payload) {
		this.router.emitLazily(event, payload);
	}

	@Override
	public RunScope openRun(String runId) {
		return this.router.openRun(runId);
	}

	@Override
	public TelemetryEmitter forRun(String runId) {
		return this.router.forRun(runId);
	}

	@Override
	public TelemetryEmitter forRun(String runId, @Nullable String parentRunId) {
		return this.router.forRun(runId, parentRunId);
	}

	@Override
	public TelemetrySpan span(String name, @Nullable Object payload) {
		return this.router.span(name, payload);
	}

	@Override
	public boolean hasHandlers(String event) {
		return this.router.hasHandlers(event);
	}

}
