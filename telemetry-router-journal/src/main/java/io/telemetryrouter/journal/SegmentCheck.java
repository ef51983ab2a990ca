package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

/**
 * Checks that the file of a segment is still the one that is written to. Writes to a file
 * that was moved or deleted succeed, and writes to one that was truncated leave a hole.
 */
final class SegmentCheck {

	/** Identifies the file; {@code null} on systems without such keys. */
	private @Nullable Object fileKey;

	/** An offset in the file that follows a line feed, or 0. */
	private long lineEnd;

	/** The lines that were written since the last check. */
	private long lines;

	/** Begins with a file that was opened. */
	void begin(Segment segment, long length) throws IOException {
		this.fileKey = Files.readAttributes(segment.file(), BasicFileAttributes.class).fileKey();
		this.lineEnd = length;
		this.lines = 0;
	}

	void written(int lines, long length) {
		this.lines += lines;
		if (this.lineEnd == 0) {
			this.lineEnd = length;
		}
	}

	/** Returns the number of lines that were written since the last check. */
	long lines() {
		return this.lines;
	}

	/**
	 * Returns what has happened to the file, or {@code null} if it is unchanged.
	 * @param segment the segment
	 * @param file its file, or {@code null} if it was closed after a failure
	 * @param length the length of its complete lines
	 */
	@Nullable String change(Segment segment, @Nullable SegmentFile file, long length) throws IOException {
		try {
			BasicFileAttributes now = Files.readAttributes(segment.file(), BasicFileAttributes.class);
			if (!Objects.equals(now.fileKey(), this.fileKey)) {
				return "replaced by another file";
			}
			if (now.size() < length || (file != null && !file.hasLineEnd(this.lineEnd))) {
				return "truncated";
			}
		}
		catch (NoSuchFileException ex) {
			return "moved or deleted";
		}
		this.lineEnd = length;
		this.lines = 0;
		return null;
	}

}
