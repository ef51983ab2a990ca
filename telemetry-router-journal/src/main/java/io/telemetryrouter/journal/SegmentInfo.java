package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;

/**
 * File of a journal.
 *
 * @param file the path
 * @param firstSequence the sequence number of its first line
 * @param bytes its size; 0 if it was deleted meanwhile
 * @param lastModified the time of the last write
 * @since 0.1.0
 */
public record SegmentInfo(Path file, long firstSequence, long bytes, Instant lastModified) {

	static SegmentInfo of(Segment segment) {
		try {
			BasicFileAttributes attributes = Files.readAttributes(segment.file(), BasicFileAttributes.class);
			return new SegmentInfo(segment.file(), segment.firstSequence(), attributes.size(),
					attributes.lastModifiedTime().toInstant());
		}
		catch (IOException ex) {
			// Deleted since it was listed.
			return new SegmentInfo(segment.file(), segment.firstSequence(), 0, Instant.EPOCH);
		}
	}

}
