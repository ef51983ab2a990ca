package io.telemetryrouter;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * The statistics of one event name.
 *
 * @param name the name
 * @param emitted how many events of that name were emitted
 * @param unhandled how many of them were matched by no handler, other than handlers of
 * all events ({@code **}) that take any payload
 * @param slow how many dispatches were over the slow threshold
 * @param handlers the ids of the handlers that match now, in the order of the route
 * @param latency the duration of dispatches on the emitting thread: offering the event to
 * all lanes and running all synchronous handlers; events that no handler matched, or that
 * were dropped at all handlers, are not measured
 * @param lastSeen when an event was last emitted, up to one second late because the
 * router checks once a second; {@code null} if never
 * @since 0.1.0
 */
public record EventSnapshot(String name, long emitted, long unhandled, long slow, List<String> handlers,
		LatencySnapshot latency, @Nullable Instant lastSeen) {

	public EventSnapshot {
		handlers = List.copyOf(handlers);
	}

}
