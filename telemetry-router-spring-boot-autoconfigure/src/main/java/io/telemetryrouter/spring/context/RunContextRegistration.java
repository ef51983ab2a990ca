package io.telemetryrouter.spring.context;

import io.micrometer.context.ContextRegistry;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;

/**
 * Registers a {@link RunContextAccessor} in the global {@link ContextRegistry} and
 * removes it with the last application context that uses it. The registry outlives
 * applications, so an accessor left there would keep their class loader.
 *
 * @since 0.1.0
 */
public final class RunContextRegistration implements InitializingBean, DisposableBean {

	/** Number of application contexts that use the accessor. Guarded by the class. */
	private static int uses;

	@Override
	public void afterPropertiesSet() {
		synchronized (RunContextRegistration.class) {
			if (uses++ == 0) {
				ContextRegistry.getInstance().registerThreadLocalAccessor(new RunContextAccessor());
			}
		}
	}

	@Override
	public void destroy() {
		synchronized (RunContextRegistration.class) {
			if (--uses == 0) {
				ContextRegistry.getInstance().removeThreadLocalAccessor(RunContextAccessor.KEY);
			}
		}
	}

}
