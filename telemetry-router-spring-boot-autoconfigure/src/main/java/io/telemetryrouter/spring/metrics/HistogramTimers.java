package io.telemetryrouter.spring.metrics;

import java.util.ArrayList;
import java.util.List;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.distribution.HistogramSnapshot;
import org.jspecify.annotations.Nullable;

/**
 * Registers a timer only if meter filters configure a histogram, percentiles or service
 * level objectives for it. Micrometer shows the effective configuration only in the
 * snapshot of a registered timer, so the timer is registered first and removed again if
 * its snapshot has none of them.
 */
final class HistogramTimers {

	private HistogramTimers() {
	}

	/**
	 * Registers a timer if it has a histogram.
	 * @return the timer, or {@code null} if it has no histogram, percentiles or
	 * objectives
	 */
	static @Nullable Timer register(MeterRegistry registry, TelemetryRouterMeter meter, Tags tags) {
		Timer timer;
		try {
			timer = Timer.builder(meter.getName()).description(meter.getDescription()).tags(tags).register(registry);
		}
		catch (IllegalArgumentException ex) {
			// Another binder registered a meter of another type with this id
			return null;
		}
		List<Runnable> removals = new ArrayList<>();
		removals.add(() -> registry.remove(timer));
		if (hasHistogram(registry, timer, removals)) {
			return timer;
		}
		for (Runnable removal : removals) {
			removal.run();
		}
		return null;
	}

	private static boolean hasHistogram(MeterRegistry registry, Timer timer, List<Runnable> removals) {
		if (!(registry instanceof CompositeMeterRegistry composite)) {
			HistogramSnapshot snapshot = timer.takeSnapshot();
			return snapshot.histogramCounts().length > 0 || snapshot.percentileValues().length > 0;
		}
		for (MeterRegistry leaf : leaves(composite, new ArrayList<>())) {
			Timer child = childOf(timer.getId(), leaf);
			removals.add(() -> leaf.remove(child));
			if (hasHistogram(leaf, child, removals)) {
				return true;
			}
		}
		return false;
	}

	/**
	 * Returns the timer that the composite registered in one of its registries.
	 * Registering the same id again returns the existing timer.
	 */
	private static Timer childOf(Meter.Id id, MeterRegistry leaf) {
		return Timer.builder(id.getName()).description(id.getDescription()).tags(id.getTags()).register(leaf);
	}

	private static List<MeterRegistry> leaves(CompositeMeterRegistry composite, List<MeterRegistry> leaves) {
		for (MeterRegistry registry : composite.getRegistries()) {
			if (registry instanceof CompositeMeterRegistry nested) {
				leaves(nested, leaves);
			}
			else {
				leaves.add(registry);
			}
		}
		return leaves;
	}

}
