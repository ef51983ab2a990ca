package io.telemetryrouter;

import java.util.Map;

/**
 * Tells a handler {@linkplain HandlerSpec#gaps() that asks for it} that events were
 * dropped which it would have been given. It comes as the payload of an event
 * {@value #EVENT} before the next event that the handler handles, and tells of all that
 * was dropped since the last one. Only that handler gets it: it is no emit. In the
 * handler's account it counts as one event more that was offered, and as handled or
 * failed. Its envelope has a negative sequence number.
 *
 * @param handlerId the id of the handler
 * @param firstSequence the lowest sequence number of the dropped events
 * @param lastSequence the highest one; events between them may have come all the same
 * @param dropped how many events were dropped, by reason
 * @since 0.1.0
 */
public record TelemetryGap(String handlerId, long firstSequence, long lastSequence, Map<DropReason, Long> dropped) {

	/**
	 * The name of the event.
	 */
	public static final String EVENT = "telemetry.gap";

	public TelemetryGap {
		dropped = Map.copyOf(dropped);
	}

	/**
	 * {@return how many events were dropped}
	 */
	public long count() {
		return this.dropped.values().stream().mapToLong(Long::longValue).sum();
	}

}
