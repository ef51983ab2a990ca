package io.telemetryrouter.journal;

import java.nio.file.Path;

/**
 * What a journal has cut from its last segment when it was opened: a line that was not
 * written to its end, or bytes that cannot be checked.
 *
 * @param file the segment
 * @param offset where the cut begins, behind the last intact line
 * @param bytes how much was cut
 * @since 0.1.0
 */
public record JournalRepair(Path file, long offset, long bytes) {
}
