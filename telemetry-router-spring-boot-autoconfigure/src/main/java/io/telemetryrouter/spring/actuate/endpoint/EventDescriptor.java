package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Instant;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventSnapshot;

/**
 * An event name as the endpoint shows it.
 *
 * @param emitted how many events of that name were emitted
 * @param unhandled how many of them no handler matched, but for those of all events
 * @param slow how many dispatches were over the slow threshold
 * @param handlers the ids of the handlers that match now, in the order of the route
 * @param latency how long dispatches took the emitter
 * @param lastSeen when one was last emitted, at most a second too late; {@code null} if
 * none was
 * @since 0.1.0
 */
public record EventDescriptor(long emitted, long unhandled, long slow, List<String> handlers, LatencyDescriptor latency,
		@Nullable Instant lastSeen) {

	static EventDescriptor of(EventSnapshot event) {
		return new EventDescriptor(event.emitted(), event.unhandled(), event.slow(), event.handlers(),
				LatencyDescriptor.of(event.latency()), event.lastSeen());
	}

}
