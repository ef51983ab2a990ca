package io.telemetryrouter.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a journal in order, also while a journal writes to it. A line that
 * cannot be checked is left out and reported, and so are missing ones; reading goes on
 * behind the next line feed. Nothing that is in the files makes it throw. It needs memory
 * for one line, however large the journal is. Not thread-safe.
 *
 * @since 0.1.0
 */
public final class JournalReader implements Closeable {

	private final Path directory;

	private final Consumer<? super JournalProblem> problems;

	private final LineParser parser = new LineParser();

	private @Nullable Segment segment;

	private @Nullable SegmentInput input;

	/** The number that the next line should have; 0 if unknown. */
	private long expected;

	/** The segment that the next one follows. */
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
	 * @param problems is told, during {@link #next()}, what is left out
	 * @return the reader
	 * @throws JournalException if there is no such folder
	 */
	public static JournalReader open(Path directory, Consumer<? super JournalProblem> problems) {
		return open(directory, 1, problems);
	}

	/**
	 * Opens a journal at the segment that has a line. Lines before it in that segment are
	 * read, too.
	 * @param directory the journal's folder
	 * @param sequence the number of the line
	 * @param problems is told, during {@link #next()}, what is left out
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

	/** Reads one segment from an offset, or from the first line that begins after it. */
	static JournalReader open(Segment segment, long offset) throws IOException {
		JournalReader reader = new JournalReader(segment.file().resolveSibling(""), segment.firstSequence(),
				(problem) -> {
				});
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
	 * @return the line, or {@code null} if there is none for now: a later call returns
	 * what has been written meanwhile
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
				// The segment was written to its end before the next one was made.
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
	 * Returns how many bytes were read so far.
	 * @return the bytes of lines, whole or damaged
	 */
	public long bytesRead() {
		return this.bytesRead;
	}

	/** Returns how many bytes of segments that are not open yet there are. */
	long bytesAhead() {
		return list(this.directory).stream()
			.filter((ahead) -> ahead.firstSequence() > this.after)
			.mapToLong((ahead) -> SegmentInfo.of(ahead).bytes())
			.sum();
	}

	/** Returns where the line after the last one begins in its segment. */
	long offset() {
		return (this.input != null) ? this.input.nextOffset() : 0;
	}

	private @Nullable JournalRecord take(SegmentInput input) {
		this.bytesRead += input.nextOffset() - input.lineOffset();
		if (input.isTooLong()) {
			return leaveOut(JournalProblem.Kind.TOO_LONG, input, 0);
		}
		if (!this.parser.isIntact(input.bytes(), input.lineStart(), input.lineLength())) {
			return leaveOut(JournalProblem.Kind.DAMAGED, input, 0);
		}
		JournalRecord found = this.parser.parse(input.bytes(), input.lineStart(), input.lineLength());
		if (found == null) {
			return leaveOut(JournalProblem.Kind.INVALID, input, 0);
		}
		long sequence = found.sequence();
		if (sequence < this.expected) {
			return leaveOut(JournalProblem.Kind.REPEATED, input, sequence);
		}
		if (sequence > this.expected && this.expected != 0) {
			report(JournalProblem.Kind.MISSING, input.lineOffset(), 0, this.expected, sequence - 1);
		}
		this.expected = sequence + 1;
		return found;
	}

	private @Nullable JournalRecord leaveOut(JournalProblem.Kind kind, SegmentInput input, long sequence) {
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
		if (this.expected == 0) {
			this.expected = next.firstSequence();
		}
		try {
			this.input = new SegmentInput(next.file());
		}
		catch (IOException ex) {
			abandon(0);
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
			// The folder is gone or cannot be listed: there is nothing for now.
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
