package io.telemetryrouter.spring.autoconfigure;

import org.apache.commons.logging.impl.NoOpLog;

import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;

import io.telemetryrouter.TelemetryRouter;

/**
 * {@link BackgroundPreinitializer} for the router: most of what it adds to a start is the
 * loading of its classes.
 */
final class TelemetryRouterBackgroundPreinitializer implements BackgroundPreinitializer {

	@Override
	public void preinitialize() {
		RouterLogger silent = new RouterLogger(new NoOpLog());
		try (TelemetryRouter router = TelemetryRouter.builder().logger(silent).holdEvents(1).build()) {
			router.emit("preinitialize", null);
			router.start();
		}
	}

}
