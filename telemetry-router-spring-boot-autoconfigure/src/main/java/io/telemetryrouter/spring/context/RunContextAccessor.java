package io.telemetryrouter.spring.context;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RunContext;

/**
 * Lets Micrometer context-propagation propagate a thread's current run and span to
 * Reactor operators and context-propagating executors. The router propagates them to its
 * own lanes itself.
 *
 * @since 0.1.0
 */
public final class RunContextAccessor implements ThreadLocalAccessor<RunContext> {

	/**
	 * The key of the run in a Reactor context.
	 */
	public static final String KEY = "io.telemetryrouter.run";

	@Override
	public Object key() {
		return KEY;
	}

	@Override
	public @Nullable RunContext getValue() {
		return RunContext.current();
	}

	@Override
	public void setValue(RunContext value) {
		RunContext.set(value);
	}

	@Override
	public void setValue() {
		RunContext.set(null);
	}

	@Override
	public void restore(RunContext previous) {
		RunContext.restore(previous);
	}

	@Override
	public void restore() {
		RunContext.restore(null);
	}

}
