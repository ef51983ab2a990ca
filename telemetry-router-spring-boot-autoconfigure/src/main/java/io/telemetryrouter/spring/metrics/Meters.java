package io.telemetryrouter.spring.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.spring.metrics.SharedSeries.Combined;
import io.telemetryrouter.spring.metrics.SharedSeries.Kind;
import io.telemetryrouter.spring.metrics.SharedSeries.Part;

/**
 * Meters of one registry that come and go together. Registered by one thread before
 * another may remove them.
 *
 * @param <T> the type of what they read
 */
final class Meters<T> {

	private final MeterRegistry registry;

	private final SharedSeries series;

	private final T source;

	private final Kind counting;

	private final List<Runnable> removals = new ArrayList<>();

	Meters(MeterRegistry registry, SharedSeries series, T source, Kind counting) {
		this.registry = registry;
		this.series = series;
		this.source = source;
		this.counting = counting;
	}

	T source() {
		return this.source;
	}

	void timer(TelemetryRouterMeter meter, Tags tags, ToLongFunction<T> count, ToDoubleFunction<T> totalNanos) {
		Part part = new Part(() -> count.applyAsLong(this.source), () -> totalNanos.applyAsDouble(this.source));
		this.removals.add(this.series.add(id(meter, tags, Meter.Type.TIMER), this.counting, part,
				(combined) -> FunctionTimer
					.builder(meter.getName(), combined, Combined::count, Combined::total, TimeUnit.NANOSECONDS)
					.description(meter.getDescription())
					.tags(tags)
					.register(this.registry)));
	}

	/**
	 * Registers a timer that reads, or a real one if somebody wants its distribution.
	 * @return what is to be given each duration, if it is a real one
	 */
	@Nullable LongConsumer timer(TelemetryRouterMeter meter, Tags tags, ToLongFunction<T> count, ToDoubleFunction<T> totalNanos,
			boolean histogram) {
		Timer timer = histogram ? HistogramTimers.register(this.registry, meter, tags) : null;
		if (timer == null) {
			timer(meter, tags, count, totalNanos);
			return null;
		}
		this.removals.add(this.series.add(timer.getId(), Kind.SUM, Part.of(() -> 0), (combined) -> timer));
		return (nanos) -> timer.record(nanos, TimeUnit.NANOSECONDS);
	}

	void counter(TelemetryRouterMeter meter, Tags tags, ToDoubleFunction<T> count) {
		this.removals.add(this.series.add(id(meter, tags, Meter.Type.COUNTER), this.counting, part(count),
				(combined) -> FunctionCounter.builder(meter.getName(), combined, Combined::value)
					.description(meter.getDescription())
					.baseUnit(meter.getBaseUnit())
					.tags(tags)
					.register(this.registry)));
	}

	void gauge(TelemetryRouterMeter meter, Tags tags, ToDoubleFunction<T> value) {
		this.removals.add(this.series.add(id(meter, tags, Meter.Type.GAUGE), Kind.SUM, part(value),
				(combined) -> Gauge.builder(meter.getName(), combined, Combined::value)
					.description(meter.getDescription())
					.baseUnit(meter.getBaseUnit())
					.tags(tags)
					.register(this.registry)));
	}

	void timeGauge(TelemetryRouterMeter meter, Tags tags, ToDoubleFunction<T> nanos) {
		this.removals.add(this.series.add(id(meter, tags, Meter.Type.GAUGE), Kind.MAX, part(nanos),
				(combined) -> TimeGauge.builder(meter.getName(), combined, TimeUnit.NANOSECONDS, Combined::value)
					.description(meter.getDescription())
					.tags(tags)
					.register(this.registry)));
	}

	private static Meter.Id id(TelemetryRouterMeter meter, Tags tags, Meter.Type type) {
		return new Meter.Id(meter.getName(), tags, meter.getBaseUnit(), meter.getDescription(), type);
	}

	private Part part(ToDoubleFunction<T> value) {
		return Part.of(() -> value.applyAsDouble(this.source));
	}

	void remove() {
		this.removals.forEach(Runnable::run);
	}

}
