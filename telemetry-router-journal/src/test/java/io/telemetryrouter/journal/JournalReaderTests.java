package io.telemetryrouter.journal;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class JournalReaderTests {

	@TempDir
	Path directory;

	private final List<JournalProblem> problems = new ArrayList<>();

	private Journal open() {
		return Journal.open(JournalOptions.in(this.directory).segmentSize(4 << 10).build());
	}

	private JournalReader reader() {
		return JournalReader.open(this.directory, this.problems::add);
	}

	private List<Path> write(int events) {
		try (Journal journal = open()) {
			for (int i = 0; i < events; i++) {
				journal.append(new TestEvent("a", "x".repeat(1000)));
			}
		}
		return Lines.segments(this.directory);
	}

	private static byte[] line(String attributes, long sequence) {
		byte[] start = attributes.getBytes(StandardCharsets.UTF_8);
		byte[] line = new byte[start.length + LineFormat.END];
		System.arraycopy(start, 0, line, 0, start.length);
		CRC32C crc = new CRC32C();
		crc.update(start);
		LineFormat.end(line, start.length, crc, sequence);
		return line;
	}

	@Test
	void whenAJournalIsWrittenThenAReaderFollows() {
		try (Journal journal = open(); JournalReader reader = reader()) {
			assertThat(reader.next()).isNull();
			for (int i = 1; i <= 20; i++) {
				journal.append(new TestEvent("a", "x".repeat(1000)));
				assertThat(reader.next()).extracting(JournalRecord::sequence).isEqualTo((long) i);
				assertThat(reader.next()).isNull();
			}
			assertThat(this.problems).isEmpty();
		}
	}

	@Test
	void whenTheLastLineIsIncompleteThenItIsReadOnceItIsComplete() throws Exception {
		Path segment = write(2).get(0);
		byte[] bytes = Files.readAllBytes(segment);
		for (int end : new int[] { bytes.length - 1, bytes.length - 500 }) {
			Files.write(segment, java.util.Arrays.copyOf(bytes, end));
			try (JournalReader reader = reader()) {
				assertThat(reader.next()).isNotNull();
				assertThat(reader.next()).isNull();
				assertThat(reader.next()).isNull();
				Files.write(segment, bytes);
				assertThat(reader.next()).extracting(JournalRecord::sequence).isEqualTo(2L);
			}
		}
		assertThat(this.problems).isEmpty();
	}

	@Test
	void whenASegmentIsMissingThenItsLinesAreReported() throws Exception {
		List<Path> segments = write(10);
		Files.delete(segments.get(1));
		Lines lines = Lines.read(this.directory);
		assertThat(lines.sequences()).containsExactly(1L, 2L, 3L, 7L, 8L, 9L, 10L);
		assertThat(lines.problems())
			.hasToString("[journal-0000000000000000007.jsonl at byte 0: lines 4 to 6 are missing]");
	}

	/**
	 * A link to nothing stands for a file that is deleted after the folder was listed.
	 */
	@Test
	@DisabledOnOs(OS.WINDOWS)
	void whenASegmentIsDeletedBeforeItIsOpenedThenItIsNotUnreadable() throws Exception {
		List<Path> segments = write(10);
		for (int deleted : new int[] { 0, 2 }) {
			Files.delete(segments.get(deleted));
			Files.createSymbolicLink(segments.get(deleted), this.directory.resolve("nothing"));
		}
		Lines lines = Lines.read(this.directory);
		assertThat(lines.sequences()).containsExactly(4L, 5L, 6L, 10L);
		assertThat(lines.problems())
			.hasToString("[journal-0000000000000000010.jsonl at byte 0: lines 7 to 9 are missing]");
	}

	@Test
	void whenTheFirstSegmentsAreDeletedThenNothingIsMissing() throws Exception {
		List<Path> segments = write(10);
		Files.delete(segments.get(0));
		Files.delete(segments.get(1));
		assertThat(Lines.read(this.directory).sequences()).containsExactly(7L, 8L, 9L, 10L);
		assertThat(Lines.read(this.directory).problems()).isEmpty();
	}

	@Test
	void whenASegmentBeforeTheLastEndsWithinALineThenThatIsReported() throws Exception {
		Path segment = write(10).get(1);
		byte[] bytes = Files.readAllBytes(segment);
		Files.write(segment, java.util.Arrays.copyOf(bytes, bytes.length - 10));
		Lines lines = Lines.read(this.directory);
		assertThat(lines.sequences()).containsExactly(1L, 2L, 3L, 4L, 5L, 7L, 8L, 9L, 10L);
		assertThat(lines.kinds()).containsExactly(JournalProblem.Kind.INCOMPLETE, JournalProblem.Kind.MISSING);
		assertThat(lines.problems().get(0).offset()).isEqualTo(bytes.length / 3 * 2);
		assertThat(lines.problems().get(0).bytes()).isEqualTo(bytes.length / 3 - 10);
	}

	@Test
	void whenLinesComeAgainThenTheyAreLeftOut() throws Exception {
		Path segment = write(2).get(0);
		Files.write(segment, Files.readAllBytes(segment), StandardOpenOption.APPEND);
		Lines lines = Lines.read(this.directory);
		assertThat(lines.sequences()).containsExactly(1L, 2L);
		assertThat(lines.kinds()).containsExactly(JournalProblem.Kind.REPEATED, JournalProblem.Kind.REPEATED);
	}

	@Test
	void whenBytesWithoutLineFeedExceedALineThenReadingGoesOnBehindThem() throws Exception {
		List<Path> segments = write(2);
		byte[] garbage = new byte[3 * Journal.MAX_LINE];
		garbage[garbage.length - 1] = '\n';
		long start = Files.size(segments.get(0));
		Files.write(segments.get(0), garbage, StandardOpenOption.APPEND);
		Files.write(segments.get(0), line(
				"{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"type\":\"t\",\"time\":\"2026-11-27T10:15:30Z\"",
				3), StandardOpenOption.APPEND);
		Lines lines = Lines.read(this.directory);
		assertThat(lines.sequences()).containsExactly(1L, 2L, 3L);
		assertThat(lines.problems()).containsExactly(new JournalProblem(JournalProblem.Kind.TOO_LONG,
				segments.get(0).getFileName().toString(), start, garbage.length, 0, 0));
	}

	@Test
	void whenLinesHaveAChecksumButAreNotAJournalsThenTheyAreReported() throws Exception {
		Path segment = write(1).get(0);
		List<String> foreign = List.of("{\"specversion\":\"1.0\"", "[1", "nonsense",
				"{\"specversion\":\"1.0\",\"time\":5",
				"{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"type\":\"t\",\"time\":\"yesterday\"",
				"{\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\",\"type\":\"t\",\"time\":\"2026-11-27T10:15:30Z\",\"datastatus\":\"odd\"",
				"{\"specversion\":\"0.3\",\"id\":\"i\",\"source\":\"s\",\"type\":\"t\",\"time\":\"2026-11-27T10:15:30Z\"",
				"{\"data\":" + "[".repeat(100_000));
		for (String text : foreign) {
			Files.write(segment, line(text, 2), StandardOpenOption.APPEND);
		}
		Lines lines = Lines.read(this.directory);
		assertThat(lines.sequences()).containsExactly(1L);
		assertThat(lines.kinds()).hasSize(foreign.size()).containsOnly(JournalProblem.Kind.INVALID);
	}

	@Test
	void whenALineHasUnknownMembersThenTheyAreSkipped() throws Exception {
		Path segment = write(1).get(0);
		Files.write(segment,
				line("{\"later\":{\"a\":[1,{}]},\"specversion\":\"1.0\",\"id\":\"i\",\"source\":\"s\","
						+ "\"type\":\"t\",\"time\":\"2026-11-27T10:15:30Z\",\"data\":null,\"more\":true", 2),
				StandardOpenOption.APPEND);
		Lines lines = Lines.read(this.directory);
		assertThat(lines.problems()).isEmpty();
		assertThat(lines.records().get(1).name()).isEqualTo("t");
		assertThat(lines.records().get(1).data()).isNull();
	}

	@Test
	void whenASegmentIsNoFileThenItIsReportedAndTheNextOneIsRead() throws Exception {
		List<Path> segments = write(10);
		Files.delete(segments.get(1));
		Files.createDirectory(segments.get(1));
		Lines lines = Lines.read(this.directory);
		assertThat(lines.sequences()).containsExactly(1L, 2L, 3L, 7L, 8L, 9L, 10L);
		assertThat(lines.kinds()).containsExactly(JournalProblem.Kind.UNREADABLE, JournalProblem.Kind.MISSING);
	}

	@Test
	void whenAReaderBeginsAtALineThenEarlierSegmentsAreNotRead() throws Exception {
		List<Path> segments = write(10);
		Files.writeString(segments.get(0), "damaged\n");
		try (JournalReader reader = JournalReader.open(this.directory, 5, this.problems::add)) {
			assertThat(reader.next()).extracting(JournalRecord::sequence).isEqualTo(4L);
		}
		assertThat(this.problems).isEmpty();
	}

	@Test
	void whenTheFolderIsDeletedThenThereIsNothingMore() throws Exception {
		List<Path> segments = write(2);
		try (JournalReader reader = reader()) {
			assertThat(reader.next()).isNotNull();
			Files.delete(segments.get(0));
			Files.delete(this.directory.resolve("journal.lock"));
			assertThat(reader.next()).isNotNull();
			assertThat(reader.next()).isNull();
		}
		assertThat(this.problems).isEmpty();
	}

	@Test
	void whenThereIsNoFolderThenOpenFails() {
		Path folder = this.directory.resolve("none");
		assertThatExceptionOfType(JournalException.class)
			.isThrownBy(() -> JournalReader.open(folder, this.problems::add))
			.withMessage("There is no journal folder '" + folder + "'");
	}

	@Test
	void whenARecordIsPrintedThenItsPayloadIsNotShown() {
		try (Journal journal = open()) {
			journal.append(new TestEvent("a", "secret"));
		}
		assertThat(Lines.read(this.directory).records())
			.hasToString("[JournalRecord[sequence=1, id=00000000-0000-0001-0000-000000000002]]");
	}

}
