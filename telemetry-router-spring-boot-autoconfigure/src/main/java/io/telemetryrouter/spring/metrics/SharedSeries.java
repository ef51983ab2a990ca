package io.telemetryrouter.spring.metrics;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.function.DoubleBinaryOperator;
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

/**
 * Adds up what shares a series of one registry. A meter filter may give several meters
 * one id ({@code ignoreTags}, {@code replaceTagValues}); Micrometer then keeps the first,
 * which alone would be read. It also holds what meters read, to which they refer weakly.
 */
final class SharedSeries {

	// One of each: a start would wait for others to be linked

	private static final ToDoubleFunction<Combined> VALUE = Combined::value;

	private static final ToLongFunction<Combined> COUNT = Combined::count;

	private static final ToDoubleFunction<Combined> TOTAL = Combined::total;

	private static final DoubleBinaryOperator HIGHEST = Math::max;

	private final MeterRegistry registry;

	/** Guarded by this. */
	private final Map<Meter, Combined> byMeter = new HashMap<>();

	/** By the ids that were asked for. Guarded by this. */
	private final Map<Meter.Id, Meter> byId = new HashMap<>();

	SharedSeries(MeterRegistry registry) {
		this.registry = registry;
	}

	MeterRegistry registry() {
		return this.registry;
	}

	/**
	 * Registers a meter, or joins the one that has its id. Micrometer is not asked for an
	 * id twice: of the second meter that reads a function it warns that it ignores it.
	 * @param meter what is registered
	 * @param tags its tags
	 * @param kind how values are combined
	 * @param part what this meter alone would show
	 * @param timer the meter, if it is not one that reads
	 * @return the meter, from which the part is removed later
	 */
	synchronized Meter add(TelemetryRouterMeter meter, Tags tags, Kind kind, Part part, @Nullable Timer timer) {
		Meter.Id id = new Meter.Id(meter.getName(), tags, meter.getBaseUnit(), meter.getDescription(), meter.getType());
		Meter registered = this.byId.get(id);
		if (registered == null) {
			Combined created = new Combined(kind);
			registered = (timer != null) ? timer : register(meter, tags, created);
			this.byMeter.putIfAbsent(registered, created);
			this.byId.put(id, registered);
		}
		Combined combined = Objects.requireNonNull(this.byMeter.get(registered));
		combined.ids.add(id);
		combined.parts.add(part);
		return registered;
	}

	private Meter register(TelemetryRouterMeter meter, Tags tags, Combined combined) {
		String name = meter.getName();
		String description = meter.getDescription();
		String unit = meter.getBaseUnit();
		if (meter.getType() == Meter.Type.TIMER) {
			return FunctionTimer.builder(name, combined, COUNT, TOTAL, TimeUnit.NANOSECONDS)
				.description(description)
				.tags(tags)
				.register(this.registry);
		}
		if (meter.getType() == Meter.Type.COUNTER) {
			return FunctionCounter.builder(name, combined, VALUE)
				.description(description)
				.baseUnit(unit)
				.tags(tags)
				.register(this.registry);
		}
		if (meter.isTime()) {
			return TimeGauge.builder(name, combined, TimeUnit.NANOSECONDS, VALUE)
				.description(description)
				.tags(tags)
				.register(this.registry);
		}
		return Gauge.builder(name, combined, VALUE)
			.description(description)
			.baseUnit(unit)
			.tags(tags)
			.register(this.registry);
	}

	/**
	 * Removes a part, and the meter with the last of its parts.
	 */
	synchronized void remove(Meter meter, Part part) {
		Combined combined = this.byMeter.get(meter);
		if (combined == null) {
			return;
		}
		combined.remove(part);
		if (combined.parts.isEmpty()) {
			this.byMeter.remove(meter);
			this.byId.keySet().removeAll(combined.ids);
			this.registry.remove(meter);
		}
	}

	/**
	 * How values are combined.
	 */
	enum Kind {

		/**
		 * Added up. What a part has counted stays when it goes: no counter falls back.
		 */
		COUNT,

		/**
		 * Added up. What a part has counted is another part's when it goes, perhaps of
		 * another series, which then stands still until it has caught up.
		 */
		MOVING_COUNT,

		/** Added up. */
		SUM,

		/** The highest. */
		MAX

	}

	/**
	 * What has numbers for meters.
	 */
	interface Source {

		/**
		 * Reads the value of a meter, or the count of a timer.
		 * @param meter the meter
		 * @param detail which of the meters of this name, if there are several
		 * @return the value, in nanoseconds if it is a time
		 */
		double value(TelemetryRouterMeter meter, @Nullable Object detail);

		/**
		 * Reads the total time of a timer in nanoseconds.
		 * @param meter the meter
		 * @param detail which of the meters of this name, if there are several
		 * @return the time
		 */
		default double total(TelemetryRouterMeter meter, @Nullable Object detail) {
			return 0;
		}

	}

	/**
	 * One of the sources of a series. No record: to compare two of those, as lists do,
	 * keeps their class loader from being collected (JDK 17).
	 */
	static final class Part {

		private final Source source;

		private final TelemetryRouterMeter meter;

		private final @Nullable Object detail;

		Part(Source source, TelemetryRouterMeter meter, @Nullable Object detail) {
			this.source = source;
			this.meter = meter;
			this.detail = detail;
		}

		double value() {
			return this.source.value(this.meter, this.detail);
		}

		double total() {
			return this.source.total(this.meter, this.detail);
		}

	}

	/**
	 * What a meter reads.
	 */
	static final class Combined {

		private final Kind kind;

		/** The ids that were asked for. Guarded by the series. */
		private final Set<Meter.Id> ids = new HashSet<>();

		private final List<Part> parts = new CopyOnWriteArrayList<>();

		private volatile double goneValue;

		private volatile double goneTotal;

		private final @Nullable DoubleAccumulator highestValue;

		private final @Nullable DoubleAccumulator highestTotal;

		private Combined(Kind kind) {
			this.kind = kind;
			boolean moving = kind == Kind.MOVING_COUNT;
			this.highestValue = moving ? new DoubleAccumulator(HIGHEST, 0) : null;
			this.highestTotal = moving ? new DoubleAccumulator(HIGHEST, 0) : null;
		}

		double value() {
			double value = this.goneValue;
			for (Part part : this.parts) {
				value = combine(value, part.value());
			}
			return rising(value, this.highestValue);
		}

		long count() {
			return (long) value();
		}

		double total() {
			double total = this.goneTotal;
			for (Part part : this.parts) {
				total = combine(total, part.total());
			}
			return rising(total, this.highestTotal);
		}

		private double combine(double one, double other) {
			return (this.kind == Kind.MAX) ? Math.max(one, other) : one + other;
		}

		private static double rising(double value, @Nullable DoubleAccumulator highest) {
			if (highest == null) {
				return value;
			}
			highest.accumulate(value);
			return highest.get();
		}

		/** Under the lock of the series. A reader in between may see the part twice. */
		private void remove(Part part) {
			if (this.kind == Kind.COUNT) {
				this.goneValue = this.goneValue + part.value();
				this.goneTotal = this.goneTotal + part.total();
			}
			this.parts.remove(part);
		}

	}

}
