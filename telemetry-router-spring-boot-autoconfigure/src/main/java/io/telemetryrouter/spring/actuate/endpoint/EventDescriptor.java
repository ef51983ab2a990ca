package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventSnapshot;

/**
 * The endpoint's view of an event name.
 *
 * @param emitted the number of events emitted with that name
 * @param unhandled the number of them without a matching handler other than {@code **}
 * handlers
 * @param slow the number of dispatches over the slow threshold
 * @param handlers the ids of the handlers that match now, in the order of the route
 * @param latency the durations of dispatches on the emitting thread
 * @param lastSeen the time of the last emit, at most a second too late; {@code null} if
 * there was none
 * @since 0.1.0
 */
public record EventDescriptor(long emitted, long unhandled, long slow, List<String> handlers, LatencyDescriptor latency,
		@Nullable Instant lastSeen) {

	static EventDescriptor of(EventSnapshot event) {
		return new EventDescriptor(event.emitted(), event.unhandled(), event.slow(), event.handlers(),
				LatencyDescriptor.of(event.latency()), event.lastSeen());
	}

}
