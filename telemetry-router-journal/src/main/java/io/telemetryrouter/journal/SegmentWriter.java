package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Appends batches to the last segment, begins a new segment by size or age, and deletes
 * old segments. After a failure, the segment is truncated to its complete lines, and the
 * next write opens it again. Used by one thread at a time, which {@link GroupCommit}
 * ensures.
 */
final class SegmentWriter {

	/** Size of the end of the last segment that is searched first for its last line. */
	private static final long TAIL = 2L * LineFormat.MAX_LINE;

	private final JournalOptions options;

	private final SegmentFile.Opener opener;

	/**
	 * The segment to append to; if {@code file} is {@code null}, the next write opens it.
	 */
	private @Nullable Segment segment;

	private @Nullable SegmentFile file;

	/** The length of the segment's complete lines. */
	private long length;

	/** The time at which the segment began, in milliseconds since the epoch. */
	private long begun;

	private final long segmentAge;

	/** The length that was synced; without syncs, the length at the beginning. */
	private long synced;

	/** The failure of the last sync, or {@code null} if it succeeded. */
	private @Nullable Throwable syncFailure;

	private long syncs;

	private @Nullable String undeletable;

	SegmentWriter(JournalOptions options, SegmentFile.Opener opener) {
		this.options = options;
		this.segmentAge = millis(options.segmentAge);
		this.opener = opener;
	}

	/** Result of {@link #open()}. */
	record Found(long nextSequence, @Nullable JournalRepair repair) {
	}

	/** Finds the last intact line of the journal, and truncates the segment after it. */
	Found open() throws IOException {
		List<Segment> segments = Segment.list(this.options.directory);
		if (segments.isEmpty()) {
			begin(Segment.of(this.options.directory, 1));
			return new Found(1, null);
		}
		Segment last = segments.get(segments.size() - 1);
		long size = Files.size(last.file());
		JournalRecord lastRecord = (size > TAIL) ? findEnd(last, size - TAIL) : null;
		if (lastRecord == null) {
			lastRecord = findEnd(last, 0);
		}
		JournalRecord first = firstRecord(last);
		this.begun = (first != null) ? first.time().toEpochMilli() : this.options.clock.millis();
		SegmentFile opened = this.opener.open(last.file());
		this.file = opened;
		long cut = size - this.length;
		if (cut > 0) {
			opened.truncate(this.length);
			opened.sync();
		}
		this.synced = this.length;
		this.segment = last;
		return new Found((lastRecord != null) ? lastRecord.sequence() + 1 : last.firstSequence(),
				(cut > 0) ? new JournalRepair(last.file(), this.length, cut) : null);
	}

	private @Nullable JournalRecord findEnd(Segment last, long from) throws IOException {
		this.length = 0;
		JournalRecord lastRecord = null;
		try (JournalReader reader = JournalReader.open(last, from)) {
			for (JournalRecord next = reader.next(); next != null; next = reader.next()) {
				lastRecord = next;
				this.length = reader.offset();
			}
		}
		return lastRecord;
	}

	private static @Nullable JournalRecord firstRecord(Segment segment) throws IOException {
		try (JournalReader reader = JournalReader.open(segment, 0)) {
			return reader.next();
		}
	}

	long syncs() {
		return this.syncs;
	}

	/** Returns the failure of a sync that no later one has made up for. */
	@Nullable Throwable syncFailure() {
		return (this.length > this.synced) ? this.syncFailure : null;
	}

	/** Returns a text on the last segment that could not be deleted, or {@code null}. */
	@Nullable String undeletable() {
		return this.undeletable;
	}

	/** Appends a batch: all of it, or nothing. */
	void write(Batch batch) throws IOException {
		int added = 0;
		try {
			if (this.length > 0 && (this.length + batch.size > this.options.segmentSize || isOld())) {
				end();
			}
			Segment current = this.segment;
			SegmentFile opened = (current != null) ? opened(current)
					: begin(Segment.of(this.options.directory, batch.firstSequence));
			opened.write(batch.bytes, batch.size);
			added = batch.size;
			this.length += added;
			if (this.options.fsync == Fsync.ALWAYS) {
				force();
			}
		}
		catch (Throwable ex) {
			this.length -= added;
			abandon();
			throw ex;
		}
	}

	/** Called with each write, so it allocates no objects. */
	private boolean isOld() {
		return this.options.clock.millis() - this.begun >= this.segmentAge;
	}

	private static long millis(Duration age) {
		try {
			return Math.max(1, age.toMillis());
		}
		catch (ArithmeticException ex) {
			return Long.MAX_VALUE;
		}
	}

	private SegmentFile opened(Segment current) throws IOException {
		SegmentFile opened = this.file;
		if (opened != null) {
			return opened;
		}
		opened = this.opener.open(current.file());
		this.file = opened;
		this.length = Math.min(this.length, opened.length());
		this.synced = Math.min(this.synced, this.length);
		if (opened.length() > this.length) {
			opened.truncate(this.length);
		}
		return opened;
	}

	private SegmentFile begin(Segment next) throws IOException {
		deleteOld(this.options.retentionSize - this.options.segmentSize);
		SegmentFile opened = this.opener.open(next.file());
		this.file = opened;
		this.segment = next;
		this.begun = this.options.clock.millis();
		if (this.options.fsync != Fsync.NEVER) {
			syncDirectory();
		}
		return opened;
	}

	/** Ends the segment; the next write begins a new one. */
	private void end() throws IOException {
		if (this.options.fsync != Fsync.NEVER) {
			force();
		}
		leave();
	}

	private void leave() throws IOException {
		SegmentFile opened = this.file;
		this.file = null;
		this.segment = null;
		this.length = 0;
		this.synced = 0;
		if (opened != null) {
			opened.close();
		}
	}

	/** Syncs the data that was written since the last sync. */
	void sync() throws IOException {
		try {
			force();
		}
		catch (Throwable ex) {
			abandon();
			throw ex;
		}
	}

	/**
	 * After a failed sync, systems take data as synced that is not on the disk. So this
	 * data is written again before the next sync.
	 */
	private void force() throws IOException {
		Segment current = this.segment;
		if (current == null || this.length == this.synced) {
			return;
		}
		SegmentFile opened = opened(current);
		try {
			if (this.syncFailure != null) {
				opened.rewrite(this.synced);
			}
			opened.sync();
		}
		catch (Throwable ex) {
			this.syncFailure = ex;
			throw ex;
		}
		this.syncFailure = null;
		this.synced = this.length;
		this.syncs++;
	}

	/** Syncs, ends an old segment and deletes expired ones; called periodically. */
	void maintain() throws IOException {
		try {
			Segment current = this.segment;
			if (current != null && !Files.exists(current.file())) {
				// Further writes to a deleted file would be lost.
				leave();
				throw new IOException("Segment '" + current.file() + "' was deleted while it was written to");
			}
			if (this.options.fsync == Fsync.INTERVAL) {
				force();
			}
			if (this.length > 0 && isOld()) {
				end();
			}
			deleteOld(this.options.retentionSize);
		}
		catch (Throwable ex) {
			abandon();
			throw ex;
		}
	}

	/**
	 * Deletes the oldest segments. The last one stays: its lines give the next sequence
	 * number. One that cannot be deleted, as while it is read on Windows, is skipped.
	 */
	private void deleteOld(long size) throws IOException {
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
				this.undeletable = "'" + segments.get(i).name() + "': " + ex;
			}
		}
	}

	private boolean isExpired(SegmentInfo info) {
		Duration age = this.options.retentionAge;
		return age != null && Duration.between(info.lastModified(), this.options.clock.instant()).compareTo(age) >= 0;
	}

	/** Makes the directory entry of a new segment durable, if the system supports it. */
	private void syncDirectory() {
		// An interrupt would close the channel.
		boolean interrupted = Thread.interrupted();
		try (FileChannel channel = FileChannel.open(this.options.directory, StandardOpenOption.READ)) {
			channel.force(true);
		}
		catch (IOException ex) {
			// This system cannot open a folder as a file.
		}
		finally {
			if (interrupted) {
				Thread.currentThread().interrupt();
			}
		}
	}

	/** Truncates the segment to its complete lines after a failure. */
	private void abandon() {
		SegmentFile opened = this.file;
		this.file = null;
		if (opened == null) {
			return;
		}
		try (opened) {
			opened.truncate(this.length);
		}
		catch (IOException ex) {
			// The next write truncates the segment first.
		}
	}

	void close() throws IOException {
		try {
			if (this.options.fsync != Fsync.NEVER) {
				force();
			}
		}
		finally {
			leave();
		}
	}

}
