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
 * Meters of one registry with a common source, which are removed together. Not
 * thread-safe: the caller orders {@code add} before {@code remove}. Meters of a source
 * that does not change any more are only the counts that are not zero.
 *
 * @param <T> the type of the source
 */
final class Meters<T extends Source> {

	private final SharedSeries series;

	private final T source;

	private final Kind counting;

	private final boolean last;

	private final List<Part> parts = new ArrayList<>();

	/** The meter of the part at the same index. */
	private final List<Meter> meters = new ArrayList<>();

	Meters(SharedSeries series, T source, Kind counting) {
		this(series, source, counting, false);
	}

	private Meters(SharedSeries series, T source, Kind counting, boolean last) {
		this.series = series;
		this.source = source;
		this.counting = counting;
		this.last = last;
	}

	/** Returns meters, none yet, of the last counts of a source. */
	static <T extends Source> Meters<T> ofLast(SharedSeries series, T source) {
		return new Meters<>(series, source, Kind.COUNT, true);
	}

	boolean isLast() {
		return this.last;
	}

	T source() {
		return this.source;
	}

	/**
	 * Registers a meter that reads its value from the source.
	 * @param meter the meter
	 * @param tags its tags
	 * @param detail passed to the source, which has several values for this meter;
	 * {@code null} if it has one
	 */
	void add(TelemetryRouterMeter meter, Tags tags, @Nullable Object detail) {
		if (skips(meter, detail)) {
			return;
		}
		Kind kind = (meter.getType() != Meter.Type.GAUGE) ? this.counting : meter.isTime() ? Kind.MAX : Kind.SUM;
		add(meter, tags, kind, new Part(this.source, meter, detail), null);
	}

	void add(TelemetryRouterMeter meter, Tags tags) {
		add(meter, tags, null);
	}

	/**
	 * Registers a {@code Timer} if its distribution is configured, else a
	 * {@code FunctionTimer} that reads from the source.
	 * @param histogram {@code false} to register a {@code FunctionTimer} in any case
	 * @return records a duration in nanoseconds in the {@code Timer}; {@code null} if
	 * there is none
	 */
	@Nullable LongConsumer addTimer(TelemetryRouterMeter meter, Tags tags, @Nullable Object detail, boolean histogram) {
		if (skips(meter, detail)) {
			return null;
		}
		Timer timer = histogram ? HistogramTimers.register(this.series.registry(), meter, tags) : null;
		if (timer == null) {
			add(meter, tags, detail);
			return null;
		}
		add(meter, tags, this.counting, new Part(this.source, meter, detail), timer);
		return (nanos) -> timer.record(nanos, TimeUnit.NANOSECONDS);
	}

	private boolean skips(TelemetryRouterMeter meter, @Nullable Object detail) {
		return this.last && (meter.getType() == Meter.Type.GAUGE || this.source.value(meter, detail) == 0);
	}

	private void add(TelemetryRouterMeter meter, Tags tags, Kind kind, Part part, @Nullable Timer timer) {
		this.meters.add(this.series.add(meter, tags, kind, part, timer));
		this.parts.add(part);
	}

	/**
	 * Removes the meters.
	 * @param keep whether the counts that are not zero are kept
	 */
	void remove(boolean keep) {
		for (int i = 0; i < this.parts.size(); i++) {
			this.series.remove(this.meters.get(i), this.parts.get(i), keep);
		}
	}

}
