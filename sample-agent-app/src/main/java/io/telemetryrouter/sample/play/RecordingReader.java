package io.telemetryrouter.sample.play;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.function.BiConsumer;

import org.jspecify.annotations.Nullable;

/**
 * Reads runs from JSON lines, one at a time. Malformed lines are reported and skipped;
 * blank lines are skipped. Thread-safe, so that several players can share a reader.
 */
final class RecordingReader implements AutoCloseable {

	private final BufferedReader lines;

	private final BiConsumer<Integer, String> malformed;

	private int lineNumber;

	/**
	 * Creates a reader.
	 * @param source the JSON lines
	 * @param malformed receives the number and the problem of each malformed line
	 */
	RecordingReader(Reader source, BiConsumer<Integer, String> malformed) {
		this.lines = new BufferedReader(source);
		this.malformed = malformed;
	}

	/**
	 * Returns the next run.
	 * @return the run, or {@code null} at the end
	 * @throws IOException if the source cannot be read
	 */
	synchronized @Nullable RecordedRun next() throws IOException {
		for (String line = this.lines.readLine(); line != null; line = this.lines.readLine()) {
			this.lineNumber++;
			String json = (this.lineNumber == 1) ? withoutByteOrderMark(line) : line;
			if (!json.isBlank()) {
				try {
					return RunParser.parse(json);
				}
				catch (MalformedRunException ex) {
					this.malformed.accept(this.lineNumber, ex.problem());
				}
			}
		}
		return null;
	}

	private static String withoutByteOrderMark(String line) {
		return line.startsWith("\uFEFF") ? line.substring(1) : line;
	}

	@Override
	public synchronized void close() throws IOException {
		this.lines.close();
	}

}
