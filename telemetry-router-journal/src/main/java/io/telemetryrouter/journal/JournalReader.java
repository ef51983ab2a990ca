package io.telemetryrouter.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a journal in order, also while a journal writes to it. Damaged lines
 * are skipped and reported; gaps in the sequence numbers are reported, too. Reading
 * continues after the next line feed. No content of a file makes the reader throw an
 * exception. It holds one line in memory, regardless of the size of the journal. Not
 * thread-safe.
 *
 * @since 0.1.0
 */
public final class JournalReader implements Closeable {

	private final Path directory;

	private final Consumer<? super JournalProblem> problems;

	private final LineParser parser = new LineParser();

	private @Nullable Segment segment;

	private @Nullable SegmentInput input;

	/** The expected sequence number of the next line; 0 if unknown. */
	private long expected;

	/**
	 * The first sequence number of the latest segment; the next segment has a higher one.
	 */
	private long after;

	private long bytesRead;

	private JournalReader(Path directory, long after, Consumer<? super JournalProblem> problems) {
		this.directory = directory;
		this.after = after;
		this.problems = problems;
	}

	/**
	 * Opens a journal at its beginning.
	 * @param directory the journal's folder
	 * @param problems receives each problem, during {@link #next()}
	 * @return the reader
	 * @throws JournalException if there is no such folder
	 */
	public static JournalReader open(Path directory, Consumer<? super JournalProblem> problems) {
		return open(directory, 1, problems);
	}

	/**
	 * Opens a journal at the segment that contains a line. The reader also returns the
	 * earlier lines of that segment.
	 * @param directory the journal's folder
	 * @param sequence the sequence number of the line
	 * @param problems receives each problem, during {@link #next()}
	 * @return the reader
	 * @throws JournalException if there is no such folder
	 */
	public static JournalReader open(Path directory, long sequence, Consumer<? super JournalProblem> problems) {
		long after = -1;
		for (Segment segment : list(directory)) {
			if (segment.firstSequence() <= sequence) {
				after = segment.firstSequence() - 1;
			}
		}
		return new JournalReader(directory, after, problems);
	}

	/**
	 * Reads one segment, from its start or from the first line that begins after an
	 * offset.
	 */
	static JournalReader open(Segment segment, long offset) throws IOException {
		return open(segment, offset, (problem) -> {
		});
	}

	static JournalReader open(Segment segment, long offset, Consumer<? super JournalProblem> problems)
			throws IOException {
		JournalReader reader = new JournalReader(segment.file().resolveSibling(""), segment.firstSequence(), problems);
		reader.segment = segment;
		reader.input = new SegmentInput(segment.file());
		if (offset > 0) {
			reader.input.skipTo(offset);
		}
		return reader;
	}

	/**
	 * Returns the segments of a journal.
	 * @param directory the journal's folder
	 * @return the segments in order
	 * @throws JournalException if there is no such folder
	 */
	public static List<SegmentInfo> segments(Path directory) {
		return list(directory).stream().map(SegmentInfo::of).toList();
	}

	private static List<Segment> list(Path directory) {
		if (!Files.isDirectory(directory)) {
			throw new JournalException("There is no journal folder '" + directory + "'", null);
		}
		try {
			return Segment.list(directory);
		}
		catch (IOException ex) {
			throw new JournalException("Cannot list journal folder '" + directory + "'", ex);
		}
	}

	/**
	 * Returns the next line.
	 * @return the line, or {@code null} if there is none yet; a later call returns lines
	 * that were written since
	 */
	public @Nullable JournalRecord next() {
		while (true) {
			SegmentInput input = this.input;
			if (input == null) {
				if (!openNext()) {
					return null;
				}
				continue;
			}
			try {
				if (input.readLine()) {
					JournalRecord found = take(input);
					if (found != null) {
						return found;
					}
				}
				else if (!isFollowed()) {
					input.rewind();
					return null;
				}
				// The writer completes a segment before it creates the next one.
				else if (!input.readMore()) {
					finish(input);
				}
			}
			catch (IOException ex) {
				abandon(input.nextOffset());
			}
		}
	}

	/**
	 * Returns the number of bytes that were read so far.
	 * @return the size of intact and damaged lines
	 */
	public long bytesRead() {
		return this.bytesRead;
	}

	/** Returns the total size in bytes of the segments that were not opened yet. */
	long bytesAhead() {
		return list(this.directory).stream()
			.filter((ahead) -> ahead.firstSequence() > this.after)
			.mapToLong((ahead) -> SegmentInfo.of(ahead).bytes())
			.sum();
	}

	/** Returns the offset in the segment at which the next line begins. */
	long offset() {
		return (this.input != null) ? this.input.nextOffset() : 0;
	}

	private @Nullable JournalRecord take(SegmentInput input) {
		this.bytesRead += input.nextOffset() - input.lineOffset();
		if (input.isTooLong()) {
			return skip(JournalProblem.Kind.TOO_LONG, input, 0);
		}
		if (!this.parser.isIntact(input.bytes(), input.lineStart(), input.lineLength())) {
			return skip(JournalProblem.Kind.DAMAGED, input, 0);
		}
		JournalRecord found = this.parser.parse(input.bytes(), input.lineStart(), input.lineLength());
		if (found == null) {
			return skip(JournalProblem.Kind.INVALID, input, 0);
		}
		long sequence = found.sequence();
		if (sequence < this.expected) {
			return skip(JournalProblem.Kind.REPEATED, input, sequence);
		}
		if (sequence > this.expected && this.expected != 0) {
			report(JournalProblem.Kind.MISSING, input.lineOffset(), 0, this.expected, sequence - 1);
		}
		this.expected = sequence + 1;
		return found;
	}

	private @Nullable JournalRecord skip(JournalProblem.Kind kind, SegmentInput input, long sequence) {
		report(kind, input.lineOffset(), input.nextOffset() - input.lineOffset(), sequence, sequence);
		return null;
	}

	private boolean openNext() {
		Segment next = following();
		if (next == null) {
			return false;
		}
		this.after = next.firstSequence();
		this.segment = next;
		try {
			this.input = new SegmentInput(next.file());
		}
		catch (IOException ex) {
			if (Files.notExists(next.file())) {
				// Deleted since it was listed, by retention: its lines are missing at
				// most.
				return true;
			}
			abandon(0);
		}
		if (this.expected == 0) {
			this.expected = next.firstSequence();
		}
		return true;
	}

	private boolean isFollowed() {
		return following() != null;
	}

	private @Nullable Segment following() {
		try {
			for (Segment candidate : Segment.list(this.directory)) {
				if (candidate.firstSequence() > this.after) {
					return candidate;
				}
			}
		}
		catch (IOException | RuntimeException ex) {
			// The folder was deleted or cannot be listed: no line is available for now.
			return null;
		}
		return null;
	}

	private void finish(SegmentInput input) {
		long rest = input.rest();
		if (rest > 0) {
			this.bytesRead += rest;
			report(JournalProblem.Kind.INCOMPLETE, input.nextOffset(), rest, 0, 0);
		}
		close();
	}

	private void abandon(long offset) {
		report(JournalProblem.Kind.UNREADABLE, offset, 0, 0, 0);
		close();
	}

	private void report(JournalProblem.Kind kind, long offset, long bytes, long first, long last) {
		String name = (this.segment != null) ? this.segment.name() : "";
		this.problems.accept(new JournalProblem(kind, name, offset, bytes, first, last));
	}

	@Override
	public void close() {
		SegmentInput input = this.input;
		this.input = null;
		this.segment = null;
		if (input != null) {
			input.close();
		}
	}

}
