package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Queue;

/**
 * Deletes the oldest segments of a journal. The last one stays: its lines give the next
 * sequence number. Thread-safe.
 */
final class Retention {

	private final JournalOptions options;

	private final Queue<String> notices;

	/** The name of the last segment that could not be deleted. */
	private String undeletable = "";

	Retention(JournalOptions options, Queue<String> notices) {
		this.options = options;
		this.notices = notices;
	}

	/**
	 * Deletes segments that are expired, and more until the others have a total size. One
	 * that cannot be deleted, as while it is read on Windows, is skipped.
	 */
	synchronized void deleteOld(long size) throws IOException {
		List<Segment> segments = Segment.list(this.options.directory);
		long total = 0;
		for (Segment each : segments) {
			total += SegmentInfo.of(each).bytes();
		}
		for (int i = 0; i < segments.size() - 1; i++) {
			SegmentInfo info = SegmentInfo.of(segments.get(i));
			if (total <= size && !isExpired(info)) {
				return;
			}
			try {
				Files.deleteIfExists(info.file());
				total -= info.bytes();
			}
			catch (IOException ex) {
				report(segments.get(i).name(), ex);
			}
		}
	}

	private boolean isExpired(SegmentInfo info) {
		Duration age = this.options.retentionAge;
		return age != null && Duration.between(info.lastModified(), this.options.clock.instant()).compareTo(age) >= 0;
	}

	/** Reports a segment once, though each deletion is tried again. */
	private void report(String segment, IOException failure) {
		if (!segment.equals(this.undeletable)) {
			this.undeletable = segment;
			this.notices.add("cannot delete its old segment '" + segment + "': " + failure
					+ ". Delete it, or the journal exceeds its retention");
		}
	}

}
