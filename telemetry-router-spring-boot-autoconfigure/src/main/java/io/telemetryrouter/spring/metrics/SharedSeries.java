package io.telemetryrouter.spring.metrics;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
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
 * Combines the values of meters that share a series of one registry. A meter filter may
 * map several meters to one id ({@code ignoreTags}, {@code replaceTagValues}). Micrometer
 * then keeps the first meter and would only read that one. This class also holds strong
 * references to the state objects of the meters, which Micrometer references weakly.
 */
final class SharedSeries {

	// Shared: each further lambda would be linked during the application's start

	private static final ToDoubleFunction<Combined> VALUE = Combined::value;

	private static final ToLongFunction<Combined> COUNT = Combined::count;

	private static final ToDoubleFunction<Combined> TOTAL = Combined::total;

	private static final DoubleBinaryOperator HIGHEST = Math::max;

	private final MeterRegistry registry;

	/** Guarded by this. */
	private final Map<Meter, Combined> byMeter = new HashMap<>();

	/** By the ids before meter filters. Guarded by this. */
	private final Map<Meter.Id, Meter> byId = new HashMap<>();

	SharedSeries(MeterRegistry registry) {
		this.registry = registry;
	}

	MeterRegistry registry() {
		return this.registry;
	}

	/**
	 * Registers a meter, or adds the part to the registered meter with the same id. Each
	 * id is registered once only: Micrometer logs a warning for a second function meter
	 * with the same id.
	 * @param meter the meter to register
	 * @param tags its tags
	 * @param kind how the values of several parts are combined
	 * @param part reads the value of this meter alone
	 * @param timer the registered timer, or {@code null} to register a function meter
	 * @return the registered meter, to pass to {@link #remove}
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
		part.id = id;
		combined.add(part);
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
	 * Removes a part, and the meter if it was its last part and no count is left. The
	 * values of a removed part are final.
	 * @param meter the meter
	 * @param part one of its parts
	 * @param keep whether the meter keeps the count of the part; for a meter that counts
	 */
	synchronized void remove(Meter meter, Part part, boolean keep) {
		Combined combined = this.byMeter.get(meter);
		if (combined == null) {
			return;
		}
		combined.remove(part, keep);
		if (combined.isEmpty()) {
			remove(meter, combined);
		}
		else if (!keep && !combined.has(part.id)) {
			// Filters map any number of ids to one meter
			combined.ids.remove(part.id);
			this.byId.remove(part.id);
		}
	}

	private void remove(Meter meter, Combined combined) {
		this.byMeter.remove(meter);
		this.byId.keySet().removeAll(combined.ids);
		this.registry.remove(meter);
	}

	/** Removes all meters, with the counts that they keep. */
	synchronized void close() {
		Map.copyOf(this.byMeter).forEach(this::remove);
	}

	/**
	 * How the values of several parts are combined.
	 */
	enum Kind {

		/** The sum, which may keep the counts of removed parts. */
		COUNT,

		/**
		 * The sum. The count of a removed part moves to another part, perhaps of another
		 * series. This series then keeps its highest value until the sum exceeds it.
		 */
		MOVING_COUNT,

		/** The sum. */
		SUM,

		/** The maximum. */
		MAX

	}

	/**
	 * The source of the values of meters.
	 */
	interface Source {

		/**
		 * Reads the value of a meter, or the count of a timer.
		 * @param meter the meter
		 * @param detail selects one of several values for the meter, or {@code null}
		 * @return the value, in nanoseconds if it is a time
		 */
		double value(TelemetryRouterMeter meter, @Nullable Object detail);

		/**
		 * Reads the total time of a timer in nanoseconds.
		 * @param meter the meter
		 * @param detail selects one of several values for the meter, or {@code null}
		 * @return the time
		 */
		default double total(TelemetryRouterMeter meter, @Nullable Object detail) {
			return 0;
		}

	}

	/**
	 * One of the sources of a series. Not a record: on JDK 17, calling {@code equals} of
	 * a record, as {@code List.remove} does, keeps its class loader from being collected.
	 */
	static final class Part {

		private final Source source;

		private final TelemetryRouterMeter meter;

		private final @Nullable Object detail;

		/** The id before meter filters. Guarded by the series. */
		private Meter.@Nullable Id id;

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
	 * The state object of a meter: combines the values of its parts.
	 */
	static final class Combined {

		private final Kind kind;

		/** The ids before meter filters. Guarded by the series. */
		private final Set<Meter.Id> ids = new HashSet<>();

		/** Replaced as a whole, so that a reader finds a removed part in one place. */
		private volatile Parts parts = new Parts(List.of(), 0, 0);

		private final @Nullable DoubleAccumulator highestValue;

		private final @Nullable DoubleAccumulator highestTotal;

		private Combined(Kind kind) {
			this.kind = kind;
			boolean counting = kind == Kind.COUNT || kind == Kind.MOVING_COUNT;
			this.highestValue = counting ? new DoubleAccumulator(HIGHEST, 0) : null;
			this.highestTotal = counting ? new DoubleAccumulator(HIGHEST, 0) : null;
		}

		double value() {
			Parts current = this.parts;
			double value = current.removedValue;
			for (Part part : current.present) {
				value = combine(value, part.value());
			}
			return rising(value, this.highestValue);
		}

		long count() {
			return (long) value();
		}

		double total() {
			Parts current = this.parts;
			double total = current.removedTotal;
			for (Part part : current.present) {
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

		// Called under the lock of the series

		private boolean isEmpty() {
			return this.parts.present.isEmpty() && this.parts.removedValue == 0;
		}

		private boolean has(Meter.@Nullable Id id) {
			return this.parts.present.stream().anyMatch((part) -> Objects.equals(part.id, id));
		}

		private void add(Part part) {
			Parts current = this.parts;
			List<Part> present = new ArrayList<>(current.present);
			present.add(part);
			this.parts = new Parts(present, current.removedValue, current.removedTotal);
		}

		private void remove(Part part, boolean keep) {
			Parts current = this.parts;
			List<Part> present = new ArrayList<>(current.present);
			boolean kept = present.remove(part) && keep && this.kind == Kind.COUNT;
			this.parts = new Parts(present, current.removedValue + (kept ? part.value() : 0),
					current.removedTotal + (kept ? part.total() : 0));
		}

	}

	/** The present parts of a meter, and the sums of the removed ones that it keeps. */
	private static final class Parts {

		private final List<Part> present;

		private final double removedValue;

		private final double removedTotal;

		private Parts(List<Part> present, double removedValue, double removedTotal) {
			this.present = present;
			this.removedValue = removedValue;
			this.removedTotal = removedTotal;
		}

	}

}
