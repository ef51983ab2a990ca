package io.telemetryrouter.journal;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.RecordedEvent;

/**
 * Position of a durable handler: the sequence number of a line, in a file of its own. The
 * file is replaced atomically, so that a killed process leaves the old one or the new
 * one. Used by one thread at a time.
 */
final class JournalCursor implements EventRecorder.Cursor {

	private static final Logger logger = System.getLogger(Journal.class.getName());

	private static final String FOLDER = "cursors";

	private static final String SUFFIX = ".cursor";

	/** File systems allow names of 255 bytes. */
	private static final int MAX_NAME = 200;

	private final JournalOptions options;

	private final GroupCommit commit;

	private final Path file;

	private final String name;

	JournalCursor(String handlerId, JournalOptions options, GroupCommit commit) {
		this.options = options;
		this.commit = commit;
		this.name = encoded(handlerId) + SUFFIX;
		this.file = options.directory.resolve(FOLDER).resolve(this.name);
	}

	/**
	 * Returns a file name that is valid on every file system and unique for each id. Of a
	 * name that is too long, a hash follows the beginning.
	 */
	private static String encoded(String handlerId) {
		StringBuilder name = new StringBuilder();
		for (byte each : handlerId.getBytes(StandardCharsets.UTF_8)) {
			char ch = (char) (each & 0xFF);
			boolean plain = (ch >= 'a' && ch <= 'z') || (ch >= '0' && ch <= '9') || ch == '.' || ch == '-';
			name.append(plain ? String.valueOf(ch) : String.format("%%%02x", (int) ch));
		}
		if (name.length() > MAX_NAME) {
			UUID hash = UUID.nameUUIDFromBytes(handlerId.getBytes(StandardCharsets.UTF_8));
			name.replace(MAX_NAME, name.length(), "~" + hash);
		}
		return name.toString();
	}

	/**
	 * Moves cursors that point past the last line back to it. The lines between were
	 * lost, and their sequence numbers will be assigned again.
	 */
	static void setBack(Path directory, long last) throws IOException {
		Path folder = directory.resolve(FOLDER);
		if (!Files.isDirectory(folder)) {
			return;
		}
		try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
			for (Path file : files) {
				if (number(Files.readString(file, StandardCharsets.ISO_8859_1)) > last) {
					write(file, last);
				}
			}
		}
	}

	@Override
	public EventRecorder.Backlog open() throws IOException {
		// The backlog includes the lines that are still in memory.
		this.commit.flush(false);
		long end = latest();
		long position = read();
		if (position < 0) {
			move(end);
			position = end;
		}
		return new Lines(position, end);
	}

	@Override
	public long latest() {
		return this.commit.lastWritten();
	}

	/** Returns the position, 0 if the file is damaged, or -1 if there is no file. */
	private long read() throws IOException {
		String text;
		try {
			text = Files.readString(this.file, StandardCharsets.ISO_8859_1);
		}
		catch (NoSuchFileException ex) {
			return -1;
		}
		long number = number(text);
		if (number < 0) {
			logger.log(Level.WARNING, "Cursor '" + this.name + "' in journal '" + this.options.directory
					+ "' is damaged: its handler gets all events that the journal has");
		}
		return Math.max(0, number);
	}

	/** Returns the position, or -1 if the text is damaged. */
	private static long number(String text) {
		String digits = (text.length() == 28) ? text.substring(0, 19) : "";
		boolean intact = digits.chars().allMatch((ch) -> ch >= '0' && ch <= '9') && text.equals(text(digits));
		return intact ? Long.parseLong(digits) : -1;
	}

	private static String text(String digits) {
		CRC32C checksum = new CRC32C();
		checksum.update(digits.getBytes(StandardCharsets.ISO_8859_1));
		return digits + " " + String.format("%08x", checksum.getValue());
	}

	@Override
	public void move(long number) throws IOException {
		Files.createDirectories(this.file.resolveSibling(""));
		write(this.file, number);
	}

	private static void write(Path file, long number) throws IOException {
		Path next = file.resolveSibling(file.getFileName() + ".new");
		Files.writeString(next, text(String.format("%019d", number)), StandardCharsets.ISO_8859_1);
		Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
	}

	/** The lines after {@code position}, up to {@code end}. */
	private final class Lines implements EventRecorder.Backlog {

		private final long position;

		private final long end;

		private @Nullable JournalReader reader;

		private long last;

		/** The number of further missing lines, after the first ones. */
		private long missing = -1;

		private @Nullable String unreadable;

		Lines(long position, long end) {
			this.position = position;
			this.last = position;
			this.end = end;
		}

		@Override
		public @Nullable RecordedEvent next() throws IOException {
			if (this.last >= this.end) {
				return null;
			}
			JournalReader lines = this.reader;
			if (lines == null) {
				lines = SpilledLines.seek(JournalCursor.this.options.directory, this.position + 1, this::report);
				this.reader = lines;
			}
			JournalRecord line = lines.next();
			while (line != null && line.sequence() <= this.position) {
				line = lines.next();
			}
			if (this.unreadable != null) {
				throw new IOException("Cannot read segment '" + this.unreadable + "'");
			}
			long next = (line != null) ? Math.min(line.sequence(), this.end + 1) : this.end + 1;
			if (next > this.last + 1) {
				missing(this.last + 1, next);
			}
			this.last = next;
			return (line != null && next <= this.end) ? event(line) : null;
		}

		private RecordedEvent event(JournalRecord line) {
			Class<?> type = JournalCursor.this.options.types.getOrDefault(line.name(), Object.class);
			List<String> unknown = new ArrayList<>();
			return new RecordedLine(line, JournalCursor.this.options.payloads, type, unknown);
		}

		/** A segment that does not exist was deleted by retention. */
		private void report(JournalProblem problem) {
			if (problem.kind() == JournalProblem.Kind.UNREADABLE
					&& Files.exists(JournalCursor.this.options.directory.resolve(problem.segment()))) {
				this.unreadable = problem.segment();
			}
		}

		private void missing(long first, long next) {
			if (this.missing >= 0) {
				this.missing += next - first;
				return;
			}
			this.missing = 0;
			log("had not reached lines " + first + " to " + (next - 1)
					+ ", which are gone: its handler continues with line " + next);
		}

		private void log(String text) {
			logger.log(Level.WARNING, "Cursor '" + JournalCursor.this.name + "' in journal '"
					+ JournalCursor.this.options.directory + "' " + text);
		}

		@Override
		public void close() {
			if (this.missing > 0) {
				log("had not reached further lines that are gone: " + this.missing);
			}
			this.missing = -1;
			if (this.reader != null) {
				this.reader.close();
			}
		}

	}

}
