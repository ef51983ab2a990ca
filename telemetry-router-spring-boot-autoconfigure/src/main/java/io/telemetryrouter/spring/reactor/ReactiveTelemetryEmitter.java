package io.telemetryrouter.spring.reactor;

import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.EventType;
import io.telemetryrouter.RunContext;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetrySpan;

/**
 * Emits events from Reactor pipelines. Nothing is emitted before a subscription, and each
 * subscription emits once. An event belongs to the run of {@link #forRun(String)}, else
 * to the run in the Reactor context, else to the run of the subscribing thread.
 * {@code contextCapture()}, automatic context propagation and
 * {@link #span(String, Object, Flux)} put a run into the Reactor context. Thread-safe.
 *
 * @since 0.1.0
 */
public final class ReactiveTelemetryEmitter {

	/**
	 * Copy of {@code RunContextAccessor.KEY}: that class needs context-propagation.
	 */
	private static final String KEY = "io.telemetryrouter.run";

	private final TelemetryEmitter emitter;

	/**
	 * Creates a facade of an emitter.
	 * @param emitter the emitter that is called
	 */
	public ReactiveTelemetryEmitter(TelemetryEmitter emitter) {
		this.emitter = emitter;
	}

	/**
	 * Returns a facade that emits for one run.
	 * @param runId the run's id
	 * @return the facade
	 */
	public ReactiveTelemetryEmitter forRun(String runId) {
		return new ReactiveTelemetryEmitter(this.emitter.forRun(runId));
	}

	/**
	 * Emits an event with each subscription.
	 * @param event the name
	 * @param payload the payload, or {@code null}
	 * @return the outcome when every handler has finished with the event; cancelling the
	 * subscription does not withdraw the event
	 */
	public Mono<EmitOutcome> emit(String event, @Nullable Object payload) {
		return Mono.deferContextual(
				(context) -> Mono.fromFuture(inContext(context, () -> this.emitter.emitAsync(event, payload)), true));
	}

	/**
	 * Emits an event of a declared type with each subscription.
	 * @param <T> the payload type
	 * @param type the event's type
	 * @param payload the payload
	 * @return the outcome when every handler has finished with the event
	 */
	public <T> Mono<EmitOutcome> emit(EventType<T> type, T payload) {
		return emit(type.name(), payload);
	}

	/**
	 * Begins a span with each subscription and ends it with the subscription: completed
	 * with the value, failed, or cancelled. Events and spans that the source creates
	 * through this class belong to the span.
	 * @param <T> the type of the value
	 * @param name the span's name
	 * @param payload the payload of the started event, or {@code null}
	 * @param source the source to observe
	 * @return the source, wrapped in a span
	 */
	public <T> Mono<T> span(String name, @Nullable Object payload, Mono<T> source) {
		return Mono.deferContextual((context) -> {
			TelemetrySpan span = begin(context, name, payload);
			return source.contextWrite(inside(span))
				.doOnSuccess(span::complete)
				.doOnError(span::fail)
				.doFinally(ending(span));
		});
	}

	/**
	 * Begins a span with each subscription and ends it with the subscription: completed
	 * with the number of items as a {@link Long}, failed, or cancelled. Events and spans
	 * that the source creates through this class belong to the span.
	 * @param <T> the type of the items
	 * @param name the span's name
	 * @param payload the payload of the started event, or {@code null}
	 * @param source the source to observe
	 * @return the source, wrapped in a span
	 */
	public <T> Flux<T> span(String name, @Nullable Object payload, Flux<T> source) {
		return Flux.deferContextual((context) -> {
			TelemetrySpan span = begin(context, name, payload);
			long[] items = new long[1];
			return source.contextWrite(inside(span))
				.doOnNext((item) -> items[0]++)
				.doOnComplete(() -> span.complete(items[0]))
				.doOnError(span::fail)
				.doFinally(ending(span));
		});
	}

	private TelemetrySpan begin(ContextView context, String name, @Nullable Object payload) {
		return inContext(context, () -> this.emitter.span(name, payload).unbind());
	}

	private static Function<Context, Context> inside(TelemetrySpan span) {
		return (context) -> context.put(KEY, span.context());
	}

	private static Consumer<SignalType> ending(TelemetrySpan span) {
		return (signal) -> span.cancel();
	}

	private static <R> R inContext(ContextView context, Supplier<R> action) {
		RunContext carried = context.getOrDefault(KEY, null);
		if (carried == null) {
			return action.get();
		}
		RunContext before = RunContext.current();
		RunContext.set(carried);
		try {
			return action.get();
		}
		finally {
			RunContext.restore(before);
		}
	}

}
