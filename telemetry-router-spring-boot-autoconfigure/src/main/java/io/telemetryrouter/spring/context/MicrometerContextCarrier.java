package io.telemetryrouter.spring.context;

import java.util.Map;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.ThreadLocalAccessor;

import io.telemetryrouter.ContextCarrier;

/**
 * Propagates the thread-locals that have a {@link ThreadLocalAccessor} in the
 * {@link ContextRegistry} of Micrometer context-propagation. Micrometer registers the
 * current observation (and so tracing), Spring Security its security context. The logging
 * context (MDC) is propagated even if no accessor for it is registered.
 * <p>
 * During a call, a handler sees only the values of the emitting thread. Thread-locals
 * without a value there are cleared. After the call, the lane thread's previous values
 * are restored, so the context of one event never leaks into the handling of another.
 *
 * @since 0.1.0
 */
public final class MicrometerContextCarrier implements ContextCarrier {

	private static final Object NOTHING = new Object();

	private static final Scope NO_SCOPE = () -> {
	};

	private final ContextRegistry registry;

	private final ContextSnapshotFactory snapshotFactory;

	private final ContextSnapshot clearing;

	/**
	 * Creates a carrier of the global {@link ContextRegistry}'s thread-locals and the
	 * MDC. Accessors may be registered later, too.
	 */
	public MicrometerContextCarrier() {
		this(ContextRegistry.getInstance());
	}

	/**
	 * Creates a carrier of a registry's thread-locals and the MDC.
	 * @param registry the registry of the accessors; accessors may be registered later,
	 * too
	 */
	public MicrometerContextCarrier(ContextRegistry registry) {
		this.registry = MdcContextRegistry.over(registry);
		this.snapshotFactory = ContextSnapshotFactory.builder()
			.contextRegistry(this.registry)
			.clearMissing(true)
			.build();
		this.clearing = this.snapshotFactory.captureFrom();
	}

	/**
	 * Captures the calling thread's values.
	 * @return the values, never {@code null}: a context without values clears those of
	 * the thread that restores it
	 */
	@Override
	public Object capture() {
		ContextSnapshot snapshot = this.snapshotFactory.captureAll();
		return (snapshot instanceof Map<?, ?> values && values.isEmpty()) ? NOTHING : snapshot;
	}

	@Override
	public Scope restore(Object context) {
		if (context instanceof ContextSnapshot snapshot) {
			return set(snapshot);
		}
		return isThreadClear() ? NO_SCOPE : set(this.clearing);
	}

	private Scope set(ContextSnapshot snapshot) {
		try {
			ContextSnapshot.Scope scope = snapshot.setThreadLocals();
			return () -> close(scope);
		}
		catch (Throwable ex) {
			clearThread();
			throw ex;
		}
	}

	private void close(ContextSnapshot.Scope scope) {
		try {
			scope.close();
		}
		catch (Throwable ex) {
			clearThread();
			throw ex;
		}
	}

	/** Clears a thread that has a part of a context because an accessor has thrown. */
	private void clearThread() {
		for (ThreadLocalAccessor<?> accessor : this.registry.getThreadLocalAccessors()) {
			try {
				accessor.setValue();
			}
			catch (Throwable ex) {
				// Its first exception is reported
			}
		}
	}

	private boolean isThreadClear() {
		for (ThreadLocalAccessor<?> accessor : this.registry.getThreadLocalAccessors()) {
			if (accessor.getValue() != null) {
				return false;
			}
		}
		return true;
	}

}
