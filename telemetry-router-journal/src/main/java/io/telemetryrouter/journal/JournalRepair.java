package io.telemetryrouter.journal;

import java.nio.file.Path;

/**
 * Truncation of the last segment when a journal was opened, because the segment ended
 * with an incomplete line or with damaged lines.
 *
 * @param file the segment
 * @param offset the new length of the segment: the end of its last intact line
 * @param bytes the number of bytes that were removed
 * @since 0.1.0
 */
public record JournalRepair(Path file, long offset, long bytes) {
}
