package io.telemetryrouter.internal.event;

import org.jspecify.annotations.Nullable;

/**
 * The part of an event that stays in memory until the event is read back from the
 * recording.
 *
 * @param number its number in the recording, not positive if it is not recorded
 * @param sequence the sequence number of its envelope
 * @param type the class of its payload, or {@code null} if the payload is {@code null}
 * @param run the run that it belongs to, if any
 * @param runSequence its sequence number in the run, or 0
 * @param cause the event itself as a cause, if another emit caused it
 * @param tracker the tracker of its emit, if any
 */
public record SpilledEvent(long number, long sequence, @Nullable Class<?> type, @Nullable Run run, long runSequence,
		@Nullable Cause cause, @Nullable EmitTracker tracker) {
}
