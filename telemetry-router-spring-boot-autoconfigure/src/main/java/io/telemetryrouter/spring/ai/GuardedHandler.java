package io.telemetryrouter.spring.ai;

import io.micrometer.observation.Observation;
import io.micrometer.observation.Observation.Context;
import io.micrometer.observation.Observation.ContextView;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationView;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.spring.agent.AgentTelemetry;
import io.telemetryrouter.spring.agent.ObservedCall;
import io.telemetryrouter.spring.agent.ObservedRun;

/**
 * Handles the observations with one type of context. No exception propagates to the
 * observed code, to which Micrometer would pass it.
 *
 * @param <C> the type of context
 */
abstract class GuardedHandler<C extends Context> implements ObservationHandler<Context> {

	static final String FRAMEWORK = "spring-ai";

	private final Class<C> type;

	private final AgentTelemetry telemetry;

	GuardedHandler(Class<C> type, AgentTelemetry telemetry) {
		this.type = type;
		this.telemetry = telemetry;
	}

	final AgentTelemetry telemetry() {
		return this.telemetry;
	}

	@Override
	public final boolean supportsContext(Context context) {
		return this.type.isInstance(context);
	}

	@Override
	public final void onStart(Context context) {
		this.telemetry.guard(FRAMEWORK, () -> {
			// The handler may be registered twice, and would then report the call twice
			if (context.get(getClass()) == null) {
				context.put(getClass(), this);
				started(this.type.cast(context));
			}
		});
	}

	@Override
	public final void onStop(Context context) {
		this.telemetry.guard(FRAMEWORK, () -> {
			ObservedCall call = callOf(context);
			if (call != null) {
				call.endBy(() -> stopped(this.type.cast(context)));
			}
			else {
				stopped(this.type.cast(context));
			}
		});
	}

	/*
	 * A thread is bound while a scope is open, not from start to stop: if another handler
	 * throws in onStart, the observation is never stopped.
	 */

	@Override
	public final void onScopeOpened(Context context) {
		this.telemetry.guard(FRAMEWORK, () -> scopeOpened(this.type.cast(context)));
	}

	@Override
	public final void onScopeClosed(Context context) {
		this.telemetry.guard(FRAMEWORK, () -> scopeClosed(this.type.cast(context)));
	}

	void scopeOpened(C context) {
	}

	void scopeClosed(C context) {
	}

	abstract void started(C context);

	abstract void stopped(C context);

	/**
	 * Returns the run around an observation, or else the thread's current run. If
	 * observations of advisors are disabled, the parent of a model call is a no-op
	 * observation, which has no run.
	 */
	final ObservedRun runOf(ContextView context) {
		ObservedRun run = enclosing(context, ObservedRun.class);
		return (run != null) ? run : this.telemetry.currentRun(FRAMEWORK);
	}

	/**
	 * Returns the object of a type in the context of the nearest parent observation that
	 * has one.
	 */
	static <T> @Nullable T enclosing(ContextView context, Class<T> type) {
		ObservationView parent = context.getParentObservation();
		while (parent != null && parent != Observation.NOOP) {
			T found = parent.getContextView().get(type);
			if (found != null) {
				return found;
			}
			parent = parent.getContextView().getParentObservation();
		}
		return null;
	}

	final void start(C context, ObservedRun run, Object payload) {
		context.put(ObservedCall.class, run.start(payload));
		// For observations inside the call
		context.put(ObservedRun.class, run);
	}

	static @Nullable ObservedCall callOf(ContextView context) {
		return context.get(ObservedCall.class);
	}

}
