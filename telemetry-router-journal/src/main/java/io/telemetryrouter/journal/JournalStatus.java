package io.telemetryrouter.journal;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * What a journal has done since it was opened. Immutable.
 *
 * @param written lines that were acknowledged
 * @param pending lines that are in memory only
 * @param bytes the bytes of the acknowledged lines
 * @param syncs calls that put written data on the disk
 * @param redacted lines without their payload, since it could not be encoded
 * @param truncated lines with a part of their payload, since it was too long
 * @param lost events without a line, by reason; every reason is there
 * @param lastSequence the number of the last line, 0 if there is none
 * @param failure what the last attempt to write ran into, or {@code null} if it succeeded
 * @since 0.1.0
 */
public record JournalStatus(long written, long pending, long bytes, long syncs, long redacted, long truncated,
		Map<LossReason, Long> lost, long lastSequence, @Nullable String failure) {

	public JournalStatus {
		lost = Map.copyOf(lost);
	}

}
