package io.telemetryrouter.spring.autoconfigure;

import java.lang.reflect.Method;
import java.util.List;

import org.apache.commons.logging.impl.NoOpLog;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.core.env.AbstractEnvironment;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

import io.telemetryrouter.TelemetryRouter;

/**
 * {@link BackgroundPreinitializer} that loads the router's classes, which is most of the
 * time that the router adds to a start.
 */
final class TelemetryRouterBackgroundPreinitializer implements BackgroundPreinitializer {

	private static final String OWN = ClassUtils.getPackageName(TelemetryRouterBackgroundPreinitializer.class);

	private static final List<String> PARTNERS = List.of(".agent.", ".ai.", ".cost.", ".journal.", ".langchain4j.");

	@Override
	public void preinitialize() {
		RouterLogger silent = new RouterLogger(new NoOpLog());
		try (TelemetryRouter router = TelemetryRouter.builder().logger(silent).holdEvents(1).build()) {
			router.emit("preinitialize", null);
			router.start();
		}
		// By name, since the packages of partners depend on this one
		ClassLoader loader = getClass().getClassLoader();
		for (String configuration : ImportCandidates.load(AutoConfiguration.class, loader)) {
			if (configuration.startsWith(OWN) && !isOfPartner(configuration)) {
				loadBeans(ClassUtils.resolveClassName(configuration, loader));
			}
		}
		// Without any property: what is wrong with those that are set, the start says.
		new ConfigurationReader(new AbstractEnvironment() {
		}).read(new TelemetryRouterProperties());
	}

	/** Partners may be absent from the class path, or are not used by default. */
	private static boolean isOfPartner(String configuration) {
		for (String partner : PARTNERS) {
			if (configuration.startsWith(partner, OWN.length())) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Loads the classes of a configuration's beans with their method signatures, which
	 * Spring introspects.
	 */
	private static void loadBeans(Class<?> configuration) {
		try {
			for (Method method : ReflectionUtils.getDeclaredMethods(configuration)) {
				ReflectionUtils.getDeclaredMethods(method.getReturnType());
			}
			for (Class<?> nested : configuration.getDeclaredClasses()) {
				loadBeans(nested);
			}
		}
		catch (LinkageError | IllegalStateException ex) {
			// A class of the configuration is absent, so its conditions will not match
		}
	}

}
