package io.telemetryrouter.spring.metrics;

import java.util.function.LongConsumer;

import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one event tag in one registry.
 *
 * @param meters all of them
 * @param recorder who wants every single dispatch, if anyone
 */
record EventMeters(Meters<EventReader> meters, @Nullable LongConsumer recorder) {

	static EventMeters bind(SharedSeries series, EventReader reader, Tags tags, boolean histogram) {
		Meters<EventReader> meters = new Meters<>(series, reader, SharedSeries.Kind.MOVING_COUNT);
		meters.add(TelemetryRouterMeter.DISPATCH_MAX, tags);
		meters.add(TelemetryRouterMeter.SLOW, tags);
		return new EventMeters(meters, meters.addTimer(TelemetryRouterMeter.DISPATCH, tags, null, histogram));
	}

	void remove() {
		this.meters.remove();
	}

}
