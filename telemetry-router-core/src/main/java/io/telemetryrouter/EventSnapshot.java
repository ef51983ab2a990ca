package io.telemetryrouter;

import java.util.List;

/**
 * One event name's numbers.
 *
 * @param name the name
 * @param emitted how many events of that name were emitted
 * @param unhandled how many of them were dead: no handler matched, or only handlers of
 * all events ({@code **}) that take any payload
 * @param slow how many dispatches were over the slow threshold
 * @param handlers the ids of the handlers that match now, in the order of the route
 * @param latency how long dispatches took the emitter: offering the event to all lanes
 * and running all synchronous handlers; events that no handler matched, or that were
 * dropped as a whole, are not measured
 * @since 0.1.0
 */
public record EventSnapshot(String name, long emitted, long unhandled, long slow, List<String> handlers,
		LatencySnapshot latency) {

	public EventSnapshot {
		handlers = List.copyOf(handlers);
	}

}
