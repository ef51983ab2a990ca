package io.telemetryrouter.journal.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.journal.JournalException;
import io.telemetryrouter.journal.JournalProblem;
import io.telemetryrouter.journal.JournalReader;
import io.telemetryrouter.journal.JournalRecord;
import io.telemetryrouter.journal.SegmentInfo;

/**
 * Lists, prints, checks and follows journals, also while a process writes to them. Lines
 * go to the standard output unchanged; problems go to the standard error.
 *
 * @since 0.1.0
 */
public final class JournalCli {

	private static final int OK = 0;

	private static final int PROBLEMS = 1;

	private static final int UNUSABLE = 2;

	private static final long POLL_MILLIS = 200;

	/** Number of lines after which the output is checked, which also flushes it. */
	private static final int CHECKED = 1000;

	private final Output output;

	private final PrintStream out;

	private final PrintStream err;

	private final boolean terminal;

	private long damaged;

	private long missing;

	JournalCli(OutputStream out, PrintStream err, boolean terminal) {
		this.output = new Output(out);
		this.out = new PrintStream(new BufferedOutputStream(this.output, 64 << 10), false, StandardCharsets.UTF_8);
		this.err = err;
		this.terminal = terminal;
	}

	/**
	 * Runs a command and exits with its status.
	 * @param args the command, the journal's folder and options
	 */
	public static void main(String[] args) {
		OutputStream out = new FileOutputStream(FileDescriptor.out);
		PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
		System.exit(new JournalCli(out, err, Progress.isTerminal()).run(List.of(args)));
	}

	int run(List<String> args) {
		int status = execute(args);
		this.out.flush();
		String failure = this.output.failure();
		if (failure != null) {
			this.err.println("Cannot write the output: " + failure);
			return UNUSABLE;
		}
		return status;
	}

	private int execute(List<String> args) {
		try {
			if (args.isEmpty() || args.contains("--help") || args.contains("-h")) {
				this.out.print(Arguments.USAGE);
				return args.isEmpty() ? UNUSABLE : OK;
			}
			Arguments arguments = Arguments.parse(args);
			List<SegmentInfo> segments = segments(arguments.directory());
			switch (arguments.command()) {
				case LS -> list(segments);
				case CAT -> print(arguments);
				case VERIFY -> verify(arguments, segments);
				case TAIL -> tail(arguments, segments);
			}
			return (this.damaged == 0 && this.missing == 0) ? OK : PROBLEMS;
		}
		catch (UsageException ex) {
			this.err.println(ex.getMessage());
			this.err.println("Try: telemetry-router journal --help");
			return UNUSABLE;
		}
		catch (JournalException ex) {
			this.err.println(ex.getMessage());
			return UNUSABLE;
		}
	}

	/**
	 * Returns the segments of a journal. A folder without segments is refused: it is
	 * probably the wrong one, and a report of no damage would mislead.
	 */
	private static List<SegmentInfo> segments(Path directory) {
		if (Files.isRegularFile(directory)) {
			throw new UsageException("'" + directory + "' is a file: give the folder of the journal");
		}
		List<SegmentInfo> segments = JournalReader.segments(directory);
		if (segments.isEmpty()) {
			throw new UsageException("There is no journal in folder '" + directory + "': it has no segments");
		}
		return segments;
	}

	private static long bytes(List<SegmentInfo> segments) {
		return segments.stream().mapToLong(SegmentInfo::bytes).sum();
	}

	private void list(List<SegmentInfo> segments) {
		this.out.printf(Locale.ROOT, "%-34s %12s %14s  %s%n", "SEGMENT", "FIRST LINE", "BYTES", "LAST WRITTEN");
		for (SegmentInfo segment : segments) {
			this.out.printf(Locale.ROOT, "%-34s %,12d %,14d  %s%n", segment.file().getFileName(),
					segment.firstSequence(), segment.bytes(), segment.lastModified().truncatedTo(ChronoUnit.SECONDS));
		}
		String count = segments.size() + ((segments.size() == 1) ? " segment" : " segments");
		this.out.printf(Locale.ROOT, "%-34s %12s %,14d%n", count, "", bytes(segments));
	}

	private void print(Arguments arguments) {
		try (JournalReader reader = JournalReader.open(arguments.directory(), this::report)) {
			long printed = 0;
			for (JournalRecord line = reader.next(); line != null; line = reader.next()) {
				if (arguments.query().matches(line)) {
					this.out.println(line.line());
					if (++printed % CHECKED == 0 && !isOutputOpen()) {
						return;
					}
				}
			}
		}
	}

	/** Returns whether the output can still be written. */
	private boolean isOutputOpen() {
		return !this.out.checkError();
	}

	private void verify(Arguments arguments, List<SegmentInfo> segments) {
		Progress progress = new Progress(this.err, this.terminal, bytes(segments));
		long lines = 0;
		JournalRecord first = null;
		JournalRecord last = null;
		try (JournalReader reader = JournalReader.open(arguments.directory(), (problem) -> {
			progress.clear();
			report(problem);
		})) {
			for (JournalRecord line = reader.next(); line != null; line = reader.next()) {
				lines++;
				first = (first != null) ? first : line;
				last = line;
				progress.show(reader.bytesRead());
			}
			progress.clear();
			summarize(lines, reader.bytesRead(), first, last);
			long rest = bytes(JournalReader.segments(arguments.directory())) - reader.bytesRead();
			if (rest > 0) {
				this.out.printf(Locale.ROOT, "%,d bytes at the end are an incomplete line, or were written meanwhile%n",
						rest);
			}
		}
	}

	private void summarize(long lines, long bytes, @Nullable JournalRecord first, @Nullable JournalRecord last) {
		this.out.printf(Locale.ROOT, "%,d bytes: %,d lines intact, %,d damaged, %,d missing%n", bytes, lines,
				this.damaged, this.missing);
		if (first != null && last != null) {
			this.out.println("from line " + first.sequence() + " of " + first.time() + " to line " + last.sequence()
					+ " of " + last.time());
		}
	}

	private void report(JournalProblem problem) {
		if (problem.kind() == JournalProblem.Kind.MISSING) {
			this.missing += problem.lastSequence() - problem.firstSequence() + 1;
		}
		else {
			this.damaged++;
		}
		this.err.println(problem);
	}

	private void tail(Arguments arguments, List<SegmentInfo> segments) {
		// Reads the last two segments only.
		long start = (segments.size() > 1) ? segments.get(segments.size() - 2).firstSequence() : 1;
		try (JournalReader reader = JournalReader.open(arguments.directory(), start, this::report)) {
			Deque<String> last = new ArrayDeque<>();
			for (JournalRecord line = reader.next(); line != null; line = reader.next()) {
				if (arguments.query().matches(line)) {
					last.add(line.line());
					if (last.size() > arguments.lines()) {
						last.remove();
					}
				}
			}
			last.forEach(this.out::println);
			if (arguments.follow()) {
				follow(arguments, reader);
			}
		}
	}

	private void follow(Arguments arguments, JournalReader reader) {
		while (isOutputOpen()) {
			JournalRecord line = reader.next();
			if (line != null) {
				if (arguments.query().matches(line)) {
					this.out.println(line.line());
				}
			}
			else if (!pause()) {
				return;
			}
		}
	}

	private static boolean pause() {
		try {
			TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
			return true;
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

	/**
	 * Output that keeps its first failure, which a {@link PrintStream} discards.
	 */
	private static final class Output extends FilterOutputStream {

		private @Nullable IOException failure;

		Output(OutputStream out) {
			super(out);
		}

		@Override
		public void write(byte[] bytes, int offset, int length) throws IOException {
			try {
				this.out.write(bytes, offset, length);
			}
			catch (IOException ex) {
				this.failure = (this.failure != null) ? this.failure : ex;
				throw ex;
			}
		}

		/** A closed pipe is no failure: its reader needs no more lines. */
		@Nullable String failure() {
			String text = (this.failure != null) ? String.valueOf(this.failure.getMessage()) : null;
			return (text != null && !text.toLowerCase(Locale.ROOT).contains("pipe")) ? text : null;
		}

	}

}
