package io.telemetryrouter.spring.actuate.endpoint;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * The endpoint's view of the counts of a journal since the start. Refers to no class of
 * the journal, which may be absent: Jackson resolves all types of its methods.
 *
 * @param written the number of events that were written
 * @param pending the number of events that are in memory only
 * @param bytes the number of bytes that were written
 * @param syncs the number of syncs to the disk
 * @param redacted the number of events that were written without their payload
 * @param truncated the number of events that were written with a part of their payload
 * @param lost the number of events that were lost, by reason
 * @param lastSequence the sequence number of the last line
 * @param failing whether the journal cannot write or sync at present
 * @param failure the failure, or {@code null} if there is none or it is not shown
 * @since 0.1.0
 */
public record JournalDescriptor(long written, long pending, long bytes, long syncs, long redacted, long truncated,
		Map<String, Long> lost, long lastSequence, boolean failing, @Nullable String failure) {
}
