package io.telemetryrouter.spring.context;

import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RunContext;

/**
 * Lets Micrometer context-propagation carry the run and the span that a thread is inside
 * of: to Reactor's operators and to executors that propagate context. The router carries
 * it to its own lanes itself.
 *
 * @since 0.1.0
 */
public final class RunContextAccessor implements ThreadLocalAccessor<RunContext> {

	/**
	 * The key under which a Reactor context has the run.
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
