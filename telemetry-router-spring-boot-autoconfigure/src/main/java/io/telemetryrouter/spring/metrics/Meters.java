package io.telemetryrouter.spring.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;

/**
 * Meters of one registry that come and go together. They refer weakly to what they read,
 * as all of Micrometer's do, so this holds it for them. Registered by one thread before
 * another may remove them.
 *
 * @param <T> the type of what they read
 */
final class Meters<T> {

	private final MeterRegistry registry;

	private final T source;

	private final List<Meter> meters = new ArrayList<>();

	Meters(MeterRegistry registry, T source) {
		this.registry = registry;
		this.source = source;
	}

	T source() {
		return this.source;
	}

	void timer(TelemetryRouterMeter meter, Tags tags, ToLongFunction<T> count, ToDoubleFunction<T> totalNanos) {
		add(FunctionTimer.builder(meter.getName(), this.source, count, totalNanos, TimeUnit.NANOSECONDS)
			.description(meter.getDescription())
			.tags(tags)
			.register(this.registry));
	}

	void counter(TelemetryRouterMeter meter, Tags tags, ToDoubleFunction<T> count) {
		add(FunctionCounter.builder(meter.getName(), this.source, count)
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.tags(tags)
			.register(this.registry));
	}

	void gauge(TelemetryRouterMeter meter, Tags tags, ToDoubleFunction<T> value) {
		add(Gauge.builder(meter.getName(), this.source, value)
			.description(meter.getDescription())
			.baseUnit(meter.getBaseUnit())
			.tags(tags)
			.register(this.registry));
	}

	void timeGauge(TelemetryRouterMeter meter, Tags tags, ToDoubleFunction<T> nanos) {
		add(TimeGauge.builder(meter.getName(), this.source, TimeUnit.NANOSECONDS, nanos)
			.description(meter.getDescription())
			.tags(tags)
			.register(this.registry));
	}

	void add(Meter meter) {
		this.meters.add(meter);
	}

	void remove() {
		this.meters.forEach(this.registry::remove);
	}

}
