package io.telemetryrouter.journal;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Counts of a journal since it was opened. Immutable.
 *
 * @param written lines that were acknowledged
 * @param pending lines that are in memory only
 * @param bytes the bytes of the acknowledged lines
 * @param syncs syncs of written data to the disk
 * @param redacted lines without their payload, because it could not be encoded
 * @param truncated lines with a part of their payload, because it was too long
 * @param lost events without a line, by reason; every reason has an entry. Those that are
 * {@link LossReason#REMOVED} had a line, and are in {@code written}, too
 * @param lastSequence the sequence number of the last line, 0 if there is none
 * @param failure the exception of the last write or maintenance, as text, or {@code null}
 * if it succeeded
 * @since 0.1.0
 */
public record JournalStatus(long written, long pending, long bytes, long syncs, long redacted, long truncated,
		Map<LossReason, Long> lost, long lastSequence, @Nullable String failure) {

	public JournalStatus {
		lost = Map.copyOf(lost);
	}

}
