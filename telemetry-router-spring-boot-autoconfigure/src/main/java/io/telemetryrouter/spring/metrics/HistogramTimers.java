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
 * Finds out whether anybody wants a histogram, percentiles or service level objectives of
 * a timer. Micrometer only tells by what a registered timer publishes, so one is
 * registered and, if it publishes none of them, removed again.
 */
final class HistogramTimers {

	private HistogramTimers() {
	}

	/**
	 * Registers a timer if it has a histogram.
	 * @return the timer, or {@code null} if it would have none
	 */
	static @Nullable Timer register(MeterRegistry registry, TelemetryRouterMeter meter, Tags tags) {
		Timer timer;
		try {
			timer = Timer.builder(meter.getName()).description(meter.getDescription()).tags(tags).register(registry);
		}
		catch (IllegalArgumentException ex) {
			// Another binder has a meter without histogram there
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
	 * Returns the timer that the composite registered in one of its registries, which
	 * registering it again gives.
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
