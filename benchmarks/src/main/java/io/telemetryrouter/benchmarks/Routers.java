package io.telemetryrouter.benchmarks;

import java.time.Duration;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetryRouterBuilder;

/**
 * Creates the routers of benchmarks.
 */
final class Routers {

	private static final EventType<Usage> TYPE = EventType.of(Pollution.EVENT, Usage.class);

	private Routers() {
	}

	/**
	 * Creates a router whose code has seen all classes of handlers, by name and by type.
	 * @param measuring "on" or "off"
	 * @return the router
	 */
	static TelemetryRouter create(String measuring) {
		TelemetryRouter router = builder(measuring).build();
		for (Observers.Observer observer : Observers.raw(Observers.CLASSES)) {
			router.subscribe(Pollution.EVENT, Observers.lambda(observer));
			router.subscribe(TYPE, Observers.typedLambda(observer));
		}
		Usage payload = Usage.sample();
		Pollution.run(() -> {
			router.emit(Pollution.EVENT, payload);
			router.emit(TYPE, payload);
		});
		return router;
	}

	static TelemetryRouterBuilder builder(String measuring) {
		return TelemetryRouter.builder()
			.measureLatency(measuring.equals("on"))
			.slowThreshold(Duration.ofHours(1))
			.registrationWarningThreshold(Integer.MAX_VALUE);
	}

}
