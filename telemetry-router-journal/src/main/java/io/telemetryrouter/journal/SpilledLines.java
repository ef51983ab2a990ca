package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.RecordedEvent;

/**
 * Reads the lines of one handler's spilled events by sequence number.
 * <p>
 * Sequence numbers are requested nearly in order: threads that emit concurrently may
 * offer their events in another order than that of the lines. So a limited number of
 * skipped lines is cached. A skipped line that is no longer cached is searched for in its
 * segment.
 */
final class SpilledLines implements EventRecorder.Reader {

	/** Maximum size of the cached skipped lines, in bytes. */
	private static final long MAX_PASSED = 1 << 20;

	/** Range in bytes at which the binary search for a line ends. */
	private static final long NEAR = 256 << 10;

	/** Distance in lines from which a search is faster than reading on. */
	private static final long FAR = 10_000;

	private final Path directory;

	private final RecordedPayloads payloads;

	private final Runnable write;

	private @Nullable JournalReader reader;

	private final TreeMap<Long, JournalRecord> passed = new TreeMap<>();

	private long passedBytes;

	/**
	 * All lines after this one, up to {@code last}, were returned or are cached.
	 */
	private long forgotten;

	private long last;

	/** Creates a reader; {@code write} tries to write all lines that are in memory. */
	SpilledLines(Path directory, RecordedPayloads payloads, Runnable write) {
		this.directory = directory;
		this.payloads = payloads;
		this.write = write;
	}

	@Override
	public @Nullable RecordedEvent read(long number) throws IOException {
		JournalRecord line = kept(number);
		if (line == null && !(this.reader != null && number > this.forgotten && number <= this.last)) {
			line = find(number);
			if (line == null && this.last < number) {
				// The line is still in memory, unless its write has failed.
				this.write.run();
				line = find(number);
			}
		}
		return (line != null) ? new RecordedLine(line, this.payloads, Object.class, new ArrayList<>()) : null;
	}

	private @Nullable JournalRecord kept(long number) {
		JournalRecord line = this.passed.remove(number);
		this.passedBytes -= (line != null) ? line.length() : 0;
		return line;
	}

	private @Nullable JournalRecord find(long number) throws IOException {
		JournalReader lines = this.reader;
		if (lines == null || number <= this.last || number > this.last + FAR) {
			close();
			lines = seek(this.directory, number, (problem) -> {
			});
			this.reader = lines;
			this.forgotten = number - 1;
			this.last = number - 1;
		}
		for (JournalRecord line = lines.next(); line != null; line = lines.next()) {
			this.last = Math.max(this.last, line.sequence());
			if (line.sequence() == number) {
				return line;
			}
			keep(line);
			if (line.sequence() > number) {
				return null;
			}
		}
		return null;
	}

	private void keep(JournalRecord line) {
		if (line.sequence() <= this.forgotten || this.passed.put(line.sequence(), line) != null) {
			return;
		}
		this.passedBytes += line.length();
		while (this.passedBytes > MAX_PASSED) {
			Map.Entry<Long, JournalRecord> oldest = this.passed.pollFirstEntry();
			this.passedBytes -= oldest.getValue().length();
			this.forgotten = oldest.getKey();
		}
	}

	/**
	 * Opens the journal shortly before a line, or at its first segment if that is later.
	 */
	static JournalReader seek(Path directory, long number, Consumer<? super JournalProblem> problems)
			throws IOException {
		Segment segment = null;
		for (Segment each : Segment.list(directory)) {
			if (each.firstSequence() <= number) {
				segment = each;
			}
		}
		if (segment == null) {
			return JournalReader.open(directory, number, problems);
		}
		long low = 0;
		long high = Files.size(segment.file());
		while (high - low > NEAR) {
			long middle = (low + high) >>> 1;
			if (startsAtOrBefore(segment, middle, number)) {
				low = middle;
			}
			else {
				high = middle;
			}
		}
		return JournalReader.open(segment, low, problems);
	}

	private static boolean startsAtOrBefore(Segment segment, long offset, long number) throws IOException {
		try (JournalReader lines = JournalReader.open(segment, offset)) {
			JournalRecord line = lines.next();
			return line != null && line.sequence() <= number;
		}
	}

	@Override
	public void close() {
		JournalReader lines = this.reader;
		this.reader = null;
		this.passed.clear();
		this.passedBytes = 0;
		if (lines != null) {
			lines.close();
		}
	}

}
