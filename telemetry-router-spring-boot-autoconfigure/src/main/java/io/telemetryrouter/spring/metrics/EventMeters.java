package io.telemetryrouter.spring.metrics;

import java.util.function.LongConsumer;

import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one value of the {@code event} tag in one registry.
 *
 * @param meters all of them
 * @param recorder takes the duration of each dispatch in nanoseconds; {@code null} if the
 * timer has no histogram
 */
record EventMeters(Meters<EventReader> meters, @Nullable LongConsumer recorder) {

	static EventMeters bind(SharedSeries series, EventReader reader, Tags tags, boolean histogram) {
		Meters<EventReader> meters = new Meters<>(series, reader, SharedSeries.Kind.MOVING_COUNT);
		meters.add(TelemetryRouterMeter.DISPATCH_MAX, tags);
		meters.add(TelemetryRouterMeter.SLOW, tags);
		return new EventMeters(meters, meters.addTimer(TelemetryRouterMeter.DISPATCH, tags, null, histogram));
	}

	void remove() {
		this.meters.remove(false);
	}

}
