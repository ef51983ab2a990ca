package io.telemetryrouter.spring.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import org.jspecify.annotations.Nullable;

import io.telemetryrouter.spring.metrics.SharedSeries.Kind;
import io.telemetryrouter.spring.metrics.SharedSeries.Part;
import io.telemetryrouter.spring.metrics.SharedSeries.Source;

/**
 * Meters of one registry that come and go together. Registered by one thread before
 * another may remove them.
 *
 * @param <T> the type of what they read
 */
final class Meters<T extends Source> {

	private final SharedSeries series;

	private final T source;

	private final Kind counting;

	private final List<Part> parts = new ArrayList<>();

	/** Of each part. */
	private final List<Meter> meters = new ArrayList<>();

	Meters(SharedSeries series, T source, Kind counting) {
		this.series = series;
		this.source = source;
		this.counting = counting;
	}

	T source() {
		return this.source;
	}

	/**
	 * Registers a meter that reads.
	 * @param meter the meter
	 * @param tags its tags
	 * @param detail which of the meters of this name it is, if there are several
	 */
	void add(TelemetryRouterMeter meter, Tags tags, @Nullable Object detail) {
		Kind kind = (meter.getType() != Meter.Type.GAUGE) ? this.counting : meter.isTime() ? Kind.MAX : Kind.SUM;
		add(meter, tags, kind, new Part(this.source, meter, detail), null);
	}

	void add(TelemetryRouterMeter meter, Tags tags) {
		add(meter, tags, null);
	}

	/**
	 * Registers a timer that reads, or a real one if somebody wants its distribution.
	 * @param histogram whether anybody may want it
	 * @return what is to be given each duration, if it is a real one
	 */
	@Nullable LongConsumer addTimer(TelemetryRouterMeter meter, Tags tags, @Nullable Object detail, boolean histogram) {
		Timer timer = histogram ? HistogramTimers.register(this.series.registry(), meter, tags) : null;
		if (timer == null) {
			add(meter, tags, detail);
			return null;
		}
		add(meter, tags, Kind.SUM, new Part(this.source, meter, detail), timer);
		return (nanos) -> timer.record(nanos, TimeUnit.NANOSECONDS);
	}

	private void add(TelemetryRouterMeter meter, Tags tags, Kind kind, Part part, @Nullable Timer timer) {
		this.meters.add(this.series.add(meter, tags, kind, part, timer));
		this.parts.add(part);
	}

	void remove() {
		for (int i = 0; i < this.parts.size(); i++) {
			this.series.remove(this.meters.get(i), this.parts.get(i));
		}
	}

}
