package io.telemetryrouter.spring.agent;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RunScope;
import io.telemetryrouter.TelemetryEmitter;
import io.telemetryrouter.TelemetrySpan;
import io.telemetryrouter.agent.AgentRun;
import io.telemetryrouter.agent.ModelCall;
import io.telemetryrouter.agent.Run;
import io.telemetryrouter.agent.ToolCall;
import io.telemetryrouter.agent.Tokens;

/**
 * A run that an adapter observes. Thread-safe. Its end is emitted once, after the ends of
 * all its calls: a framework that streams ends a run before its last call.
 *
 * @since 0.1.0
 */
public final class ObservedRun {

	private final AgentTelemetry telemetry;

	private final Run run;

	private final TelemetryEmitter emitter;

	private final AgentRun.@Nullable Started started;

	private final @Nullable TelemetrySpan span;

	private final AtomicInteger turns = new AtomicInteger();

	private final Set<ObservedCall> open = new LinkedHashSet<>();

	private @Nullable Consumer<AgentRun.Totals> end;

	private boolean ended;

	private AgentRun.Totals totals = new AgentRun.Totals(0, 0, Tokens.NONE);

	private final ThreadBinding binding = new ThreadBinding(this::openScope);

	private ObservedRun(AgentTelemetry telemetry, Run run, TelemetryEmitter emitter,
			AgentRun.@Nullable Started started) {
		this.telemetry = telemetry;
		this.run = run;
		this.emitter = emitter;
		this.started = started;
		this.span = (started != null) ? emitter.span("agent.run", started) : null;
	}

	static ObservedRun start(AgentTelemetry telemetry, Run run, TelemetryEmitter emitter, boolean streaming) {
		return new ObservedRun(telemetry, run, emitter, new AgentRun.Started(run, streaming));
	}

	static ObservedRun without(AgentTelemetry telemetry, Run run, TelemetryEmitter emitter) {
		return new ObservedRun(telemetry, run, emitter, null);
	}

	/**
	 * Returns the run that the payloads of its events refer to.
	 * @return the run
	 */
	public Run run() {
		return this.run;
	}

	/**
	 * Returns whether the run's answer is streamed.
	 * @return {@code true} if it is
	 */
	public boolean isStreaming() {
		return this.started != null && this.started.streaming();
	}

	/**
	 * Binds the run to the calling thread until it ends or is {@linkplain #unbind()
	 * unbound}, so that events of the application and nested runs belong to it. Does
	 * nothing on another thread while the first one is bound.
	 */
	public void bind() {
		this.binding.open();
	}

	/**
	 * Undoes one {@link #bind()} of the calling thread. The last one ends the binding.
	 */
	public void unbind() {
		this.binding.close();
	}

	RunScope openScope() {
		return this.emitter.openRun(this.run.id());
	}

	AgentTelemetry telemetry() {
		return this.telemetry;
	}

	/**
	 * Returns the number of the next model call.
	 * @return the number, starting at 1
	 */
	public int nextTurn() {
		return this.turns.incrementAndGet();
	}

	/**
	 * Starts a call: emits its started event.
	 * @param payload a {@code Started} payload of a model call, tool call or retrieval
	 * @return the call, which the caller must end
	 */
	public ObservedCall start(Object payload) {
		String name = Outcomes.nameOf(payload);
		TelemetrySpan span = (this.span != null) ? this.span.span(name, payload) : this.emitter.span(name, payload);
		ObservedCall call = new ObservedCall(this, payload, span);
		synchronized (this) {
			this.open.add(call);
		}
		return call;
	}

	/**
	 * Emits an event of the run that does not belong to a call.
	 * @param payload a payload whose type has an event name
	 */
	public void emit(Object payload) {
		this.emitter.emit(payload);
	}

	void callEnded(ObservedCall call, Object payload) {
		Consumer<AgentRun.Totals> end;
		AgentRun.Totals totals;
		synchronized (this) {
			if (!this.open.remove(call)) {
				return;
			}
			this.totals = add(this.totals, payload);
			totals = this.totals;
			end = this.open.isEmpty() ? this.end : null;
			this.end = (end != null) ? null : this.end;
		}
		if (end != null) {
			end.accept(totals);
		}
	}

	private static AgentRun.Totals add(AgentRun.Totals totals, Object payload) {
		if (payload instanceof ToolCall) {
			return new AgentRun.Totals(totals.modelCalls(), totals.toolCalls() + 1, totals.tokens());
		}
		if (payload instanceof ModelCall) {
			Tokens tokens = (payload instanceof ModelCall.Completed completed) ? completed.tokens() : null;
			return new AgentRun.Totals(totals.modelCalls() + 1, totals.toolCalls(),
					(tokens != null) ? totals.tokens().plus(tokens) : totals.tokens());
		}
		return totals;
	}

	/**
	 * Ends the run as completed, as soon as all its calls have ended.
	 */
	public void complete() {
		end((start, span, totals) -> span.complete(new AgentRun.Completed(start, elapsed(span), totals)));
	}

	/**
	 * Ends the run as failed, as soon as all its calls have ended.
	 * @param error the error
	 */
	public void fail(Throwable error) {
		end((start, span, totals) -> span.fail(error,
				new AgentRun.Failed(start, elapsed(span), totals, this.telemetry.failure(error))));
	}

	/**
	 * Ends the run as cancelled, as soon as all its calls have ended.
	 */
	public void cancel() {
		end((start, span, totals) -> span.cancel(new AgentRun.Cancelled(start, elapsed(span), totals)));
	}

	/**
	 * Ends all open calls, whose end the framework does not report.
	 * @param error the error that ended them, or {@code null} if they were cancelled
	 */
	public void endCalls(@Nullable Throwable error) {
		List<ObservedCall> calls;
		synchronized (this) {
			calls = new ArrayList<>(this.open);
		}
		calls.forEach((call) -> call.end(error));
	}

	private void end(End end) {
		AgentRun.Started start = this.started;
		TelemetrySpan span = this.span;
		this.binding.end();
		if (start == null || span == null) {
			return;
		}
		AgentRun.Totals totals;
		synchronized (this) {
			if (this.ended) {
				return;
			}
			this.ended = true;
			if (!this.open.isEmpty()) {
				this.end = (sum) -> emitEnd(end, start, span, sum);
				return;
			}
			totals = this.totals;
		}
		emitEnd(end, start, span, totals);
	}

	private void emitEnd(End end, AgentRun.Started start, TelemetrySpan span, AgentRun.Totals totals) {
		this.telemetry.ended(this.run);
		end.emit(start, span, totals);
	}

	private static Duration elapsed(TelemetrySpan span) {
		return Duration.ofNanos(span.durationNanos());
	}

	/** Emits the end of a run. */
	@FunctionalInterface
	private interface End {

		void emit(AgentRun.Started started, TelemetrySpan span, AgentRun.Totals totals);

	}

}
