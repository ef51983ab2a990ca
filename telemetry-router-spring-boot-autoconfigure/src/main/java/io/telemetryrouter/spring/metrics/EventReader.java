package io.telemetryrouter.spring.metrics;

import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;

import io.telemetryrouter.EventSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Reads the numbers of one or several event names, taken together. When the router
 * forgets a name it moves the counts, in a moment, to those of all untracked names, but
 * not the latencies; no number read here falls back for that.
 */
final class EventReader {

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

	long emitted() {
		return sum(EventSnapshot::emitted, this.emitted);
	}

	long unhandled() {
		return sum(EventSnapshot::unhandled, this.unhandled);
	}

	long slow() {
		return sum(EventSnapshot::slow, this.slow);
	}

	long totalNanos() {
		return sum((event) -> event.latency().totalNanos(), this.totalNanos);
	}

	long maxNanos() {
		long max = 0;
		for (String name : this.names) {
			max = Math.max(max, read(name, (event) -> event.latency().maxNanos()));
		}
		return max;
	}

	private long sum(ToLongFunction<EventSnapshot> value, AtomicLong last) {
		long sum = 0;
		for (String name : this.names) {
			sum += read(name, value);
		}
		return last.accumulateAndGet(sum, Math::max);
	}

	private long read(String name, ToLongFunction<EventSnapshot> value) {
		EventSnapshot event = this.router.eventSnapshot(name);
		return (event != null) ? value.applyAsLong(event) : 0;
	}

}
