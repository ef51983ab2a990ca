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
 * Handles the observations of one kind of context. Nothing that goes wrong here reaches
 * the observed code, which Micrometer would stop.
 *
 * @param <C> the kind of context
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
			// Two registries with this handler see one call twice
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
	 * Threads are bound while a scope is open, and not from start to stop: if another
	 * handler throws there, the observation is never stopped.
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
	 * Returns the run around an observation, or that of the thread. Where observations of
	 * advisors are disabled, the parent of a model call is one that leads nowhere.
	 */
	final ObservedRun runOf(ContextView context) {
		ObservedRun run = enclosing(context, ObservedRun.class);
		return (run != null) ? run : this.telemetry.currentRun(FRAMEWORK);
	}

	/**
	 * Returns the nearest object of a type that an observation around another one has.
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
		// For what is observed inside of the call
		context.put(ObservedRun.class, run);
	}

	static @Nullable ObservedCall callOf(ContextView context) {
		return context.get(ObservedCall.class);
	}

}
