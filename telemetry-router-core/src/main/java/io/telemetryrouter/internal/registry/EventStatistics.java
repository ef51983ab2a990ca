package io.telemetryrouter.internal.registry;

import io.telemetryrouter.TelemetryEventType;
import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.LastSeen;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.support.Throttle;

/**
 * The counts and latencies of one event name. They outlive its routes. Thread-safe.
 */
public final class EventStatistics {

	private static final int EMITTED = 0;

	private static final int UNHANDLED = 1;

	private static final int SLOW = 2;

	public final String name;

	public final LatencyHistogram latency = new LatencyHistogram();

	public final LastSeen lastSeen = new LastSeen();

	public final Throttle slowReports = new Throttle();

	/**
	 * Whether a payload type {@linkplain TelemetryEventType declares} the name, so that
	 * the name is not misspelt at the emit.
	 */
	public volatile boolean declared;

	/** Whether the name counts against the limit. Guarded by {@link TrackedEvents}. */
	boolean limited;

	private final Counters counters = new Counters(SLOW + 1);

	public EventStatistics(String name) {
		this.name = name;
	}

	public void emitted(long count, boolean handled) {
		this.counters.add(EMITTED, count);
		if (!handled) {
			this.counters.add(UNHANDLED, count);
		}
	}

	public void slow() {
		this.counters.add(SLOW, 1);
	}

	public long emitted() {
		return this.counters.get(EMITTED);
	}

	public long unhandled() {
		return this.counters.get(UNHANDLED);
	}

	public long slowCount() {
		return this.counters.get(SLOW);
	}

	/**
	 * Moves the counts, including late counts of emits in progress, to the statistics of
	 * all untracked names. Latencies are not moved: their mix would mean nothing.
	 */
	void moveTo(EventStatistics other) {
		this.counters.moveTo(other.counters);
	}

}
