package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.TreeMap;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.RecordedEvent;

/**
 * Reads lines back by their numbers, for a handler that has fallen behind.
 * <p>
 * Numbers come nearly in order: threads that emit at the same time may offer their events
 * the other way round. So lines that were passed over are kept for a while. If one of
 * them is asked for later, the place of its line is searched for again.
 */
final class SpilledLines implements EventRecorder.Reader {

	/** How many bytes of lines that were passed over are kept. */
	private static final long MAX_PASSED = 1 << 20;

	/** How many bytes are read to find a line. */
	private static final long NEAR = 256 << 10;

	/** Over how many lines it is faster to search. */
	private static final long FAR = 10_000;

	private final Path directory;

	private final RecordedPayloads payloads;

	private final Runnable write;

	private @Nullable JournalReader reader;

	private final TreeMap<Long, JournalRecord> passed = new TreeMap<>();

	private long passedBytes;

	/**
	 * All lines after this one, up to the last one that was read, were returned or are
	 * kept.
	 */
	private long forgotten;

	private long last;

	/** Creates a reader; {@code write} writes all lines so far, as far as it can. */
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
				// It is in memory, unless a write has failed.
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
			lines = seek(this.directory, number);
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

	/** Opens the journal a little before a line, or behind where it would be. */
	static JournalReader seek(Path directory, long number) throws IOException {
		Segment segment = null;
		for (Segment each : Segment.list(directory)) {
			if (each.firstSequence() <= number) {
				segment = each;
			}
		}
		if (segment == null) {
			return JournalReader.open(directory, number, (problem) -> {
			});
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
		return JournalReader.open(segment, low);
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
