package io.telemetryrouter.spring.metrics;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;

/**
 * Adds up what shares a series of one registry. A meter filter may give several meters
 * one id ({@code ignoreTags}, {@code replaceTagValues}); Micrometer then keeps the first,
 * which alone would be read. It also holds what meters read, to which they refer weakly.
 */
final class SharedSeries {

	private final MeterRegistry registry;

	/** Guarded by this. */
	private final Map<Meter, Combined> byMeter = new HashMap<>();

	/** By the ids that were asked for. Guarded by this. */
	private final Map<Meter.Id, Meter> byId = new HashMap<>();

	SharedSeries(MeterRegistry registry) {
		this.registry = registry;
	}

	/**
	 * Registers a meter, or joins the one that has its id. Micrometer is not asked for an
	 * id twice: of the second meter that reads a function it warns that it ignores it.
	 * @param id the id before filters
	 * @param kind how values are combined
	 * @param part what this meter alone would show
	 * @param registration registers a meter that reads what it is given
	 * @return removes the part, and the meter with the last of its parts
	 */
	synchronized Runnable add(Meter.Id id, Kind kind, Part part, Function<Combined, ? extends Meter> registration) {
		Meter meter = this.byId.computeIfAbsent(id, (key) -> register(kind, registration));
		Combined combined = Objects.requireNonNull(this.byMeter.get(meter));
		combined.ids.add(id);
		combined.parts.add(part);
		return () -> remove(meter, part);
	}

	private Meter register(Kind kind, Function<Combined, ? extends Meter> registration) {
		Combined created = new Combined(kind);
		Meter meter = registration.apply(created);
		this.byMeter.putIfAbsent(meter, created);
		return meter;
	}

	private synchronized void remove(Meter meter, Part part) {
		Combined combined = this.byMeter.get(meter);
		if (combined == null) {
			return;
		}
		combined.remove(part);
		if (combined.parts.isEmpty()) {
			this.byMeter.remove(meter);
			combined.ids.forEach(this.byId::remove);
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
		COUNT(Double::sum, true),

		/**
		 * Added up. What a part has counted is another part's when it goes, perhaps of
		 * another series, which then stands still until it has caught up.
		 */
		MOVING_COUNT(Double::sum, false),

		/** Added up. */
		SUM(Double::sum, false),

		/** The highest. */
		MAX(Math::max, false);

		@SuppressWarnings("ImmutableEnumChecker")
		private final DoubleBinaryOperator operator;

		private final boolean lasting;

		Kind(DoubleBinaryOperator operator, boolean lasting) {
			this.operator = operator;
			this.lasting = lasting;
		}

	}

	/**
	 * One of the sources of a series. No record: to compare two of those, as lists do,
	 * keeps their class loader from being collected (JDK 17).
	 */
	static final class Part {

		private final DoubleSupplier value;

		private final DoubleSupplier total;

		/**
		 * Creates a source.
		 * @param value its value, or its count
		 * @param total its total time, if it is a timer
		 */
		Part(DoubleSupplier value, DoubleSupplier total) {
			this.value = value;
			this.total = total;
		}

		static Part of(DoubleSupplier value) {
			return new Part(value, () -> 0);
		}

		double value() {
			return this.value.getAsDouble();
		}

		double total() {
			return this.total.getAsDouble();
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

		private final DoubleAccumulator highestValue = new DoubleAccumulator(Math::max, 0);

		private final DoubleAccumulator highestTotal = new DoubleAccumulator(Math::max, 0);

		private Combined(Kind kind) {
			this.kind = kind;
		}

		double value() {
			return rising(combine(Part::value, this.goneValue), this.highestValue);
		}

		long count() {
			return (long) value();
		}

		double total() {
			return rising(combine(Part::total, this.goneTotal), this.highestTotal);
		}

		private double rising(double value, DoubleAccumulator highest) {
			if (this.kind != Kind.MOVING_COUNT) {
				return value;
			}
			highest.accumulate(value);
			return highest.get();
		}

		private double combine(ToDoubleFunction<Part> which, double initial) {
			double result = initial;
			for (Part part : this.parts) {
				result = this.kind.operator.applyAsDouble(result, which.applyAsDouble(part));
			}
			return result;
		}

		/** Under the lock of the series. A reader in between may see the part twice. */
		private void remove(Part part) {
			if (this.kind.lasting) {
				this.goneValue = this.goneValue + part.value();
				this.goneTotal = this.goneTotal + part.total();
			}
			this.parts.remove(part);
		}

	}

}
