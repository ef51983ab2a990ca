package io.telemetryrouter.spring.metrics;

import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Reads the summed statistics of one or several event names. When the router stops
 * tracking a name, it moves the name's counts to those of untracked names and discards
 * its latencies. Sums read here never decrease for that.
 */
final class EventReader implements SharedSeries.Source {

	private final TelemetryRouter router;

	private final Collection<String> names;

	private final AtomicLong emitted = new AtomicLong();

	private final AtomicLong unhandled = new AtomicLong();

	private final AtomicLong slow = new AtomicLong();

	private final AtomicLong totalNanos = new AtomicLong();

	EventReader(TelemetryRouter router, Collection<String> names) {
		this.router = router;
		this.names = names;
	}

	@Override
	public double value(TelemetryRouterMeter meter, @Nullable Object detail) {
		return switch (meter) {
			case DISPATCH -> sum(meter, this.emitted);
			case SLOW -> sum(meter, this.slow);
			case UNHANDLED -> sum(meter, this.unhandled);
			default -> max();
		};
	}

	@Override
	public double total(TelemetryRouterMeter meter, @Nullable Object detail) {
		return sum(TelemetryRouterMeter.DISPATCH_MAX, this.totalNanos);
	}

	private double max() {
		long max = 0;
		for (String name : this.names) {
			EventSnapshot event = this.router.eventSnapshot(name);
			max = Math.max(max, (event != null) ? event.latency().maxNanos() : 0);
		}
		return max;
	}

	private double sum(TelemetryRouterMeter meter, AtomicLong last) {
		long sum = 0;
		for (String name : this.names) {
			EventSnapshot event = this.router.eventSnapshot(name);
			sum += (event != null) ? read(event, meter) : 0;
		}
		return last.accumulateAndGet(sum, Math::max);
	}

	private static long read(EventSnapshot event, TelemetryRouterMeter meter) {
		return switch (meter) {
			case DISPATCH -> event.emitted();
			case SLOW -> event.slow();
			case UNHANDLED -> event.unhandled();
			default -> event.latency().totalNanos();
		};
	}

}
