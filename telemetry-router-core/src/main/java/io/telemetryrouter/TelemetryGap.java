package io.telemetryrouter;

import java.util.Map;

/**
 * Notifies a handler with {@linkplain HandlerSpec#gaps() gaps enabled} that events
 * intended for it were dropped. The gap is the payload of an event {@value #EVENT}, which
 * the handler receives before its next event. It covers all events dropped since the
 * previous gap. Only that handler receives it: it is not emitted. In the handler's
 * account it counts as one additional offered event, and as handled or failed. Its
 * envelope has a negative sequence number.
 *
 * @param handlerId the id of the handler
 * @param firstSequence the lowest sequence number of the dropped events
 * @param lastSequence the highest sequence number of the dropped events; events in
 * between may have been delivered
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
