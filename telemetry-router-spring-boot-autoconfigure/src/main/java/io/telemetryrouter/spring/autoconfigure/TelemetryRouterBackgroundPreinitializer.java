package io.telemetryrouter.spring.autoconfigure;

import java.lang.reflect.Method;
import java.util.List;

import org.apache.commons.logging.impl.NoOpLog;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.env.StandardEnvironment;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.spring.autoconfigure.endpoint.TelemetryRouterEndpointAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.health.TelemetryRouterHealthAutoConfiguration;
import io.telemetryrouter.spring.autoconfigure.metrics.TelemetryRouterMetricsAutoConfiguration;

/**
 * {@link BackgroundPreinitializer} for the router: most of what it adds to a start is the
 * loading of its classes.
 */
final class TelemetryRouterBackgroundPreinitializer implements BackgroundPreinitializer {

	private static final List<Class<?>> CONFIGURATIONS = List.of(
			TelemetryRouterAutoConfiguration.RouterConfiguration.class,
			TelemetryRouterAutoConfiguration.ListenerConfiguration.class,
			TelemetryRouterEndpointAutoConfiguration.class, TelemetryRouterHealthAutoConfiguration.class,
			TelemetryRouterMetricsAutoConfiguration.class);

	@Override
	public void preinitialize() {
		RouterLogger silent = new RouterLogger(new NoOpLog());
		try (TelemetryRouter router = TelemetryRouter.builder().logger(silent).holdEvents(1).build()) {
			router.emit("preinitialize", null);
			router.start();
		}
		CONFIGURATIONS.forEach(TelemetryRouterBackgroundPreinitializer::loadBeans);
		new ConfigurationReader(new StandardEnvironment()).read(new TelemetryRouterProperties());
	}

	/**
	 * Loads the classes of beans and what their methods take and return, which Spring
	 * looks at.
	 */
	private static void loadBeans(Class<?> configuration) {
		try {
			for (Method method : configuration.getDeclaredMethods()) {
				method.getReturnType().getDeclaredMethods();
			}
		}
		catch (LinkageError ex) {
			// What the configuration is about is not on the class path: it will not apply
		}
	}

}
