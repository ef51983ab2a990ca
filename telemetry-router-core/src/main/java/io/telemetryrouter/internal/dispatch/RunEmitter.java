package io.telemetryrouter.internal.dispatch;

import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetrySpan;
import io.telemetryrouter.internal.event.Run;
import io.telemetryrouter.internal.event.RunBinding;

/**
 * Emits for one run on any thread: binds the calling thread to the run during each call.
 */
record RunEmitter(Emitter emitter, Run run) implements TelemetryEmitter {

	@Override
	public void emit(String event, @Nullable Object payload) {
		RunBinding before = RunBinding.enter(this.run);
		try {
			this.emitter.emit(event, payload);
		}
		finally {
			RunBinding.restore(before);
		}
	}

	@Override
	public void emitLazily(String event, Supplier<?> payload) {
		inRun(() -> {
			this.emitter.emitLazily(event, payload);
			return true;
		});
	}

	@Override
	public CompletableFuture<EmitOutcome> emitAsync(String event, @Nullable Object payload) {
		return inRun(() -> this.emitter.emitAsync(event, payload));
	}

	private <R> R inRun(Supplier<R> action) {
		RunBinding before = RunBinding.enter(this.run);
		try {
			return action.get();
		}
		finally {
			RunBinding.restore(before);
		}
	}

	@Override
	public boolean hasHandlers(String event) {
		return this.emitter.hasHandlers(event);
	}

	@Override
	public RunScope openRun(String runId) {
		return inRun(() -> this.emitter.runs().run(runId)).open();
	}

	@Override
	public TelemetryEmitter forRun(String runId) {
		return inRun(() -> this.emitter.forRun(runId));
	}

	@Override
	public TelemetryEmitter forRun(String runId, @Nullable String parentRunId) {
		return this.emitter.forRun(runId, parentRunId);
	}

	@Override
	public TelemetrySpan span(String name, @Nullable Object payload) {
		return this.emitter.span(name, payload, this.run, RunBinding.currentSpan());
	}

}
