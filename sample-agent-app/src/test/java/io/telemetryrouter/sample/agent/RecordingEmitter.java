package io.telemetryrouter.sample.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.EventType;
import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetrySpan;

/**
 * Keeps what is emitted.
 */
final class RecordingEmitter implements TelemetryEmitter {

	private final List<String> names = new ArrayList<>();

	private final List<@Nullable Object> payloads = new ArrayList<>();

	@Override
	public void emit(String event, @Nullable Object payload) {
		this.names.add(event);
		this.payloads.add(payload);
	}

	@Override
	public <T> void emit(EventType<T> type, T payload) {
		emit(type.name(), payload);
	}

	@Override
	public CompletableFuture<EmitOutcome> emitAsync(String event, @Nullable Object payload) {
		throw new UnsupportedOperationException();
	}

	@Override
	public boolean hasHandlers(String event) {
		return true;
	}

	@Override
	public RunScope openRun(String runId) {
		throw new UnsupportedOperationException();
	}

	@Override
	public TelemetryEmitter forRun(String runId) {
		throw new UnsupportedOperationException();
	}

	@Override
	public TelemetryEmitter forRun(String runId, @Nullable String parentRunId) {
		throw new UnsupportedOperationException();
	}

	@Override
	public TelemetrySpan span(String name, @Nullable Object payload) {
		throw new UnsupportedOperationException();
	}

	List<String> names() {
		return this.names;
	}

	<T> List<T> payloads(Class<T> type) {
		return this.payloads.stream().filter(type::isInstance).map(type::cast).toList();
	}

}
