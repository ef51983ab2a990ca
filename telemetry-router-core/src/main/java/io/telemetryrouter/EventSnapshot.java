package io.telemetryrouter;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

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
 * @param lastSeen when one was last emitted: at most a second too late, since the router
 * looks once a second; {@code null} if none was
 * @since 0.1.0
 */
public record EventSnapshot(String name, long emitted, long unhandled, long slow, List<String> handlers,
		LatencySnapshot latency, @Nullable Instant lastSeen) {

	public EventSnapshot {
		handlers = List.copyOf(handlers);
	}

}
