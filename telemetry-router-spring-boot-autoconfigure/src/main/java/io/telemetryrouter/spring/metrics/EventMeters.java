package io.telemetryrouter.spring.metrics;

import java.util.function.LongConsumer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one event tag in one registry.
 *
 * @param meters all of them
 * @param recorder who wants every single dispatch, if anyone
 */
record EventMeters(Meters<EventReader> meters, @Nullable LongConsumer recorder) {

	static EventMeters bind(MeterRegistry registry, SharedSeries series, EventReader reader, Tags tags,
			boolean histogram) {
		Meters<EventReader> meters = new Meters<>(registry, series, reader, SharedSeries.Kind.MOVING_COUNT);
		meters.timeGauge(TelemetryRouterMeter.DISPATCH_MAX, tags, EventReader::maxNanos);
		meters.counter(TelemetryRouterMeter.SLOW, tags, EventReader::slow);
		LongConsumer recorder = meters.timer(TelemetryRouterMeter.DISPATCH, tags, EventReader::emitted,
				EventReader::totalNanos, histogram);
		return new EventMeters(meters, recorder);
	}

	void remove() {
		this.meters.remove();
	}

}
