package io.telemetryrouter.spring.context;

import io.micrometer.context.ContextRegistry;

import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.InitializingBean;

/**
 * Has a {@link RunContextAccessor} in the global {@link ContextRegistry} as long as any
 * application context of the process needs it. The registry outlives applications and
 * would keep their classes.
 *
 * @since 0.1.0
 */
public final class RunContextRegistration implements InitializingBean, DisposableBean {

	/** How many contexts need it. Guarded by the class. */
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
