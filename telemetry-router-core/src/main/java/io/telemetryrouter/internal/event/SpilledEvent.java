package io.telemetryrouter.internal.event;

import org.jspecify.annotations.Nullable;

/**
 * What is kept in memory of an event that is to be read back from the recording.
 *
 * @param number its number in the recording, not positive if it is not there
 * @param sequence the number of its envelope
 * @param type the class of its payload, or {@code null} if that is {@code null}
 * @param run the run that it belongs to
 * @param runSequence its number in the run, or 0
 * @param cause the event itself as a cause, if it has one
 * @param tracker what awaits its outcome
 */
public record SpilledEvent(long number, long sequence, @Nullable Class<?> type, @Nullable Run run, long runSequence,
		@Nullable Cause cause, @Nullable EmitTracker tracker) {
}
