package io.telemetryrouter.benchmarks;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;

import io.telemetryrouter.TelemetryRouter;
import io.telemetryrouter.TelemetryRouterBuilder;

/**
 * Creates event names with counting handlers, on a router or on a loop by hand.
 */
public final class Routes {

	// A strong reference: java.util.logging references its loggers weakly.
	private static final Logger LOGGER = Logger.getLogger("io.telemetryrouter");

	static {
		LOGGER.setLevel(Level.OFF);
	}

	private Routes() {
	}

	/** Returns a builder of routers that measure, "on" or "off", and log nothing. */
	public static TelemetryRouterBuilder builder(String measuring) {
		return TelemetryRouter.builder()
			.measureLatency(measuring.equals("on"))
			.slowThreshold(Duration.ofHours(1))
			.registrationWarningThreshold(Integer.MAX_VALUE);
	}

	static String[] names(int count) {
		List<String> names = new ArrayList<>(
				IntStream.range(0, count).mapToObj((index) -> "agent.tool" + index + ".execution").toList());
		Collections.shuffle(names, new Random(42));
		return names.toArray(String[]::new);
	}

	/** Creates routes with a number of handlers each, on a "router" or by "hand". */
	static Emitter create(String by, String measuring, String[] names, int handlers) {
		List<Observer> observers = Observer.counting(names.length * handlers);
		if (by.equals("hand")) {
			ByHand hand = new ByHand();
			for (int i = 0; i < names.length; i++) {
				hand.subscribe(names[i], observers.subList(i * handlers, (i + 1) * handlers));
			}
			return hand.emitter(measuring.equals("on"));
		}
		TelemetryRouter router = builder(measuring).build();
		for (int i = 0; i < observers.size(); i++) {
			router.subscribe(names[i / handlers], observers.get(i).lambda());
		}
		return Emitter.of(router);
	}

	/** Emits names in rotation, from one index to another, exclusive. */
	static void emit(Emitter emitter, String[] names, int from, int to) {
		Usage payload = Usage.sample();
		for (int i = from; i < to; i++) {
			emitter.emit(names[i % names.length], payload);
		}
	}

}
