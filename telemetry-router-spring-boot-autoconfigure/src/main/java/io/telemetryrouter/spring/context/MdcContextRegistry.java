package io.telemetryrouter.spring.context;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.context.ContextAccessor;
import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ThreadLocalAccessor;

import org.springframework.util.ClassUtils;

/**
 * A view of another registry. It adds an accessor of the MDC unless that registry has
 * one, and leaves out the accessor of runs, since the router propagates runs itself. The
 * other registry is not modified: an MDC accessor registered there would change the
 * propagation of its other users, such as Reactor.
 */
final class MdcContextRegistry extends ContextRegistry {

	private final ContextRegistry registry;

	private final ThreadLocalAccessor<?> mdc = new MdcThreadLocalAccessor();

	private volatile View view = new View(List.of(), List.of());

	private MdcContextRegistry(ContextRegistry registry) {
		this.registry = registry;
	}

	static ContextRegistry over(ContextRegistry registry) {
		boolean present = ClassUtils.isPresent("org.slf4j.MDC", MdcContextRegistry.class.getClassLoader());
		return present ? new MdcContextRegistry(registry) : registry;
	}

	@Override
	public List<ContextAccessor<?, ?>> getContextAccessors() {
		return this.registry.getContextAccessors();
	}

	/**
	 * Returns the other registry's accessors without the one of runs, then the accessor
	 * of the MDC. The MDC is restored last because opening an observation's scope may
	 * overwrite MDC entries.
	 */
	@Override
	public List<ThreadLocalAccessor<?>> getThreadLocalAccessors() {
		List<ThreadLocalAccessor<?>> current = this.registry.getThreadLocalAccessors();
		View view = this.view;
		if (!view.source.equals(current)) {
			view = View.of(current, this.mdc);
			this.view = view;
		}
		return view.accessors;
	}

	private record View(List<ThreadLocalAccessor<?>> source, List<ThreadLocalAccessor<?>> accessors) {

		static View of(List<ThreadLocalAccessor<?>> current, ThreadLocalAccessor<?> mdc) {
			List<ThreadLocalAccessor<?>> source = List.copyOf(current);
			List<ThreadLocalAccessor<?>> accessors = new ArrayList<>(source);
			// The router propagates runs itself.
			accessors.removeIf((accessor) -> accessor.key().equals(RunContextAccessor.KEY));
			if (source.stream().noneMatch((accessor) -> accessor.key().equals(mdc.key()))) {
				accessors.add(mdc);
			}
			return new View(source, List.copyOf(accessors));
		}

	}

}
