package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

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

	private @Nullable FolderLock folderLock;

	/** The first sequence number of the last segment, also after its end. */
	private long lastSegment;

	private final SegmentCheck check = new SegmentCheck();

	private final Retention retention;

	// Read by any thread

	/** The lines of segments that were moved, deleted, replaced or truncated. */
	private volatile long removedLines;

	/** What is to be logged. */
	private final Queue<String> notices = new ConcurrentLinkedQueue<>();

	SegmentWriter(JournalOptions options, SegmentFile.Opener opener) {
		this.options = options;
		this.segmentAge = Math.max(1, TimeUnit.MILLISECONDS.convert(options.segmentAge));
		this.opener = opener;
		this.retention = new Retention(options, this.notices);
	}

	/** Result of {@link #open()}. */
	record Found(long nextSequence, @Nullable JournalRepair repair) {
	}

	/**
	 * Finds the last intact line of the journal, and truncates the segment after it. If
	 * another process may still write to that segment, the next write begins another one.
	 */
	Found open(FolderLock folderLock) throws IOException {
		this.folderLock = folderLock;
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
		long next = (lastRecord != null) ? lastRecord.sequence() + 1 : last.firstSequence();
		this.lastSegment = last.firstSequence();
		if (!folderLock.isContinued()) {
			this.length = 0;
			return new Found(Math.max(next, last.firstSequence() + 1), null);
		}
		JournalRecord first = firstRecord(last);
		this.begun = (first != null) ? first.time().toEpochMilli() : this.options.clock.millis();
		SegmentFile opened = this.opener.open(last.file(), false);
		this.file = opened;
		long cut = size - this.length;
		if (cut > 0) {
			opened.truncate(this.length);
			opened.sync();
		}
		this.synced = this.length;
		this.segment = last;
		this.check.begin(last, this.length);
		return new Found(next, (cut > 0) ? new JournalRepair(last.file(), this.length, cut) : null);
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

	/** Returns the number of lines that were lost with their segments. */
	long removedLines() {
		return this.removedLines;
	}

	/** Returns what is to be logged. */
	Queue<String> notices() {
		return this.notices;
	}

	/** Appends a batch: all of it, or nothing. */
	void write(Batch batch) throws IOException {
		int added = 0;
		try {
			if (this.length > 0 && (this.length + batch.size > this.options.segmentSize || isOld())) {
				end();
			}
			if (this.file == null) {
				check();
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
			this.check.written(batch.lines, this.length);
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

	private SegmentFile opened(Segment current) throws IOException {
		SegmentFile opened = this.file;
		if (opened != null) {
			return opened;
		}
		opened = this.opener.open(current.file(), false);
		this.file = opened;
		if (opened.length() > this.length) {
			opened.truncate(this.length);
		}
		return opened;
	}

	private SegmentFile begin(Segment next) throws IOException {
		this.retention.deleteOld(this.options.retentionSize - this.options.segmentSize);
		SegmentFile opened = this.opener.open(next.file(), true);
		this.file = opened;
		this.check.begin(next, 0);
		this.segment = next;
		this.lastSegment = next.firstSequence();
		this.begun = this.options.clock.millis();
		if (this.options.fsync != Fsync.NEVER) {
			next.syncDirectory();
		}
		return opened;
	}

	/** Checks the segment's file. Fails if the folder belongs to another process. */
	private void check() throws IOException {
		checkSegment();
		if (this.folderLock != null && this.folderLock.lockAgain(this.lastSegment)) {
			this.notices.add("has locked its folder again, since its journal.lock was deleted. Leave this file alone:"
					+ " it keeps other processes from writing to the folder");
		}
	}

	/**
	 * Leaves the segment if its file was moved, deleted, replaced or truncated, and
	 * counts the lines that were written to it since it was last in its place.
	 */
	private void checkSegment() throws IOException {
		Segment current = this.segment;
		String change = (current != null) ? this.check.change(current, this.file, this.length) : null;
		if (current != null && change != null) {
			this.removedLines = this.removedLines + this.check.lines();
			this.notices.add("has lost its segment '" + current.name() + "', which was " + change
					+ " while it was written to. Lines that may be lost: " + this.check.lines()
					+ ". A new segment begins. Let no other tool, such as logrotate, change its files: the journal"
					+ " deletes old ones itself, by its retention size and age");
			leave();
		}
	}

	/** Ends the segment; the next write begins a new one. */
	private void end() throws IOException {
		check();
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
			check();
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

	/**
	 * Checks the segment's file, syncs it with {@code sync} and ends an old segment;
	 * called periodically.
	 */
	void maintain(boolean sync) throws IOException {
		try {
			check();
			if (sync) {
				force();
			}
			if (this.length > 0 && isOld()) {
				end();
			}
		}
		catch (Throwable ex) {
			abandon();
			throw ex;
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

	/** Deletes old segments. May run at the same time as other methods. */
	void deleteOld() throws IOException {
		this.retention.deleteOld(this.options.retentionSize);
	}

	void close() throws IOException {
		try {
			checkSegment();
			if (this.options.fsync != Fsync.NEVER) {
				force();
			}
		}
		finally {
			leave();
		}
	}

}
