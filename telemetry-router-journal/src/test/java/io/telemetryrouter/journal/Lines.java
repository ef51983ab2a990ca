package io.telemetryrouter.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is in a journal's folder.
 */
record Lines(List<JournalRecord> records, List<JournalProblem> problems) {

	static Lines read(Path directory) {
		Lines lines = new Lines(new ArrayList<>(), new ArrayList<>());
		try (JournalReader reader = JournalReader.open(directory, lines.problems::add)) {
			for (JournalRecord next = reader.next(); next != null; next = reader.next()) {
				lines.records.add(next);
			}
		}
		return lines;
	}

	List<Long> sequences() {
		return this.records.stream().map(JournalRecord::sequence).toList();
	}

	List<String> names() {
		return this.records.stream().map(JournalRecord::name).toList();
	}

	List<String> data() {
		return this.records.stream().map(JournalRecord::data).toList();
	}

	List<JournalProblem.Kind> kinds() {
		return this.problems.stream().map(JournalProblem::kind).toList();
	}

	static List<Path> segments(Path directory) {
		return JournalReader.segments(directory).stream().map(SegmentInfo::file).toList();
	}

	/** Returns all bytes in all files of a folder, one character each. */
	static String raw(Path directory) {
		StringBuilder all = new StringBuilder();
		try (var files = Files.list(directory)) {
			for (Path file : files.sorted().toList()) {
				all.append(new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
			}
			return all.toString();
		}
		catch (IOException ex) {
			throw new UncheckedIOException(ex);
		}
	}

}
