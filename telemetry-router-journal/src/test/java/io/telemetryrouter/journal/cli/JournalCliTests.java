package io.telemetryrouter.journal.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.journal.EventAttributes;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalOptions;
import io.telemetryrouter.journal.JournalReader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class JournalCliTests {

	private static final Instant START = Instant.parse("2026-11-27T10:15:30Z");

	@TempDir
	Path directory;

	private final ByteArrayOutputStream out = new ByteArrayOutputStream();

	private final ByteArrayOutputStream err = new ByteArrayOutputStream();

	record Event(String name, Integer payload) implements TelemetryEvent<Integer> {

		@Override
		public long sequence() {
			return this.payload;
		}

		@Override
		public Instant timestamp() {
			return START.plusSeconds(this.payload);
		}

		@Override
		public UUID id() {
			return new UUID(0, this.payload);
		}

	}

	private Journal open() {
		return Journal.open(JournalOptions.in(this.directory).attributes(new EventAttributes() {

			@Override
			public String runId(TelemetryEvent<?> event) {
				return "run-" + (int) event.payload() % 2;
			}

		}).build());
	}

	private Path write(int events) {
		try (Journal journal = open()) {
			for (int i = 1; i <= events; i++) {
				journal.append(new Event("event.n" + i, i));
			}
		}
		return JournalReader.segments(this.directory).get(0).file();
	}

	private int run(boolean terminal, String... args) {
		return new JournalCli(this.out, new PrintStream(this.err, true, StandardCharsets.UTF_8), terminal)
			.run(List.of(args));
	}

	private int run(String command, String... options) {
		return run(false, Stream.concat(Stream.of("journal", command, this.directory.toString()), Stream.of(options))
			.toArray(String[]::new));
	}

	private List<String> names() {
		return this.out.toString(StandardCharsets.UTF_8)
			.lines()
			.map((line) -> line.replaceAll(".*\"type\":\"event.([^\"]*)\".*", "$1"))
			.toList();
	}

	@Test
	void whenSegmentsAreListedThenTheirNamesAndSizesAreShown() throws Exception {
		Path segment = write(3);
		assertThat(run("ls")).isZero();
		assertThat(this.out.toString().lines()).satisfiesExactly(
				(line) -> assertThat(line)
					.isEqualTo("SEGMENT                              FIRST LINE          BYTES  LAST WRITTEN"),
				(line) -> assertThat(line).startsWith("journal-0000000000000000001.jsonl             1")
					.contains(String.valueOf(Files.size(segment))),
				(line) -> assertThat(line).startsWith("1 segment ").endsWith(String.valueOf(Files.size(segment))));
	}

	@Test
	void whenLinesArePrintedThenTheyAreThoseOfTheJournal() throws Exception {
		Path segment = write(3);
		assertThat(run("cat")).isZero();
		assertThat(this.out.toString(StandardCharsets.UTF_8)).isEqualTo(Files.readString(segment));
		assertThat(this.err.toString()).isEmpty();
	}

	@Test
	void whenLinesAreSelectedThenOnlyTheyArePrinted() {
		write(9);
		assertThat(run("cat", "--from", "2026-11-27T10:15:33Z", "--to", "2026-11-27T10:15:38Z", "--run", "run-0"))
			.isZero();
		assertThat(names()).containsExactly("n4", "n6");
		this.out.reset();
		run("cat", "--name", "event.n3", "--name=other.*", "--name=event.n5");
		assertThat(names()).containsExactly("n3", "n5");
	}

	@Test
	void whenAllIsWellThenVerifySaysSo() throws Exception {
		Path segment = write(3);
		assertThat(run("verify")).isZero();
		assertThat(this.out.toString()).isEqualTo(Files.size(segment) + " bytes: 3 lines intact, 0 damaged, 0 missing\n"
				+ "from line 1 of 2026-11-27T10:15:31Z to line 3 of 2026-11-27T10:15:33Z\n");
		assertThat(this.err.toString()).isEmpty();
	}

	@ParameterizedTest
	@ValueSource(strings = { "verify", "cat" })
	void whenALineIsDamagedThenItIsReportedAndTheStatusIsOne(String command) throws Exception {
		Path segment = write(3);
		byte[] bytes = Files.readAllBytes(segment);
		int length = bytes.length / 3;
		bytes[length + 5] ^= 1;
		Files.write(segment, bytes);
		assertThat(run(command)).isEqualTo(1);
		assertThat(this.err.toString().lines()).containsExactly(
				segment.getFileName() + " at byte " + length + ": a line of " + length + " bytes has no valid checksum",
				segment.getFileName() + " at byte " + 2 * length + ": line 2 is missing");
		if (command.equals("verify")) {
			assertThat(this.out.toString()).startsWith(bytes.length + " bytes: 2 lines intact, 1 damaged, 1 missing\n");
		}
	}

	@Test
	void whenThereIsATerminalThenProgressIsShownAndRemoved() {
		write(3);
		assertThat(run(true, "journal", "verify", this.directory.toString())).isZero();
		assertThat(this.err.toString()).contains("\r[########################################] 100 %").endsWith(" \r");
		assertThat(this.out.toString()).doesNotContain("#");
	}

	@Test
	void whenTheTailIsPrintedThenTheLastLinesAre() {
		write(20);
		assertThat(run("tail")).isZero();
		assertThat(names()).hasSize(10).startsWith("n11").endsWith("n20");
		this.out.reset();
		run("tail", "-n", "2", "--run", "run-1");
		assertThat(names()).containsExactly("n17", "n19");
	}

	@Test
	void whenTheTailIsFollowedThenLinesArePrintedAsTheyAreWritten() throws Exception {
		try (Journal journal = open()) {
			journal.append(new Event("event.n1", 1));
			Thread follower = new Thread(() -> run("tail", "-f"));
			follower.start();
			await().atMost(Duration.ofSeconds(30)).until(() -> names().equals(List.of("n1")));
			journal.append(new Event("event.n2", 2));
			await().atMost(Duration.ofSeconds(30)).until(() -> names().equals(List.of("n1", "n2")));
			follower.interrupt();
			follower.join();
		}
	}

	@Test
	void whenNobodyReadsTheOutputThenItEnds() {
		write(3);
		OutputStream closed = new OutputStream() {

			@Override
			public void write(int value) throws java.io.IOException {
				throw new java.io.IOException("Broken pipe");
			}

		};
		JournalCli cli = new JournalCli(closed, new PrintStream(this.err), false);
		assertThat(cli.run(List.of("journal", "tail", this.directory.toString(), "-f"))).isZero();
		assertThat(cli.run(List.of("journal", "cat", this.directory.toString()))).isZero();
	}

	@ParameterizedTest
	@ValueSource(strings = { "ls", "cat", "tail" })
	void whenTheOutputCannotBeWrittenThenItSaysSoAndTheStatusIsTwo(String command) {
		write(2);
		OutputStream full = new OutputStream() {

			@Override
			public void write(int value) throws java.io.IOException {
				throw new java.io.IOException("No space left on device");
			}

		};
		JournalCli cli = new JournalCli(full, new PrintStream(this.err), false);
		assertThat(cli.run(List.of("journal", command, this.directory.toString()))).isEqualTo(2);
		assertThat(this.err.toString()).isEqualToIgnoringNewLines("Cannot write the output: No space left on device");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ls x|Give 'journal', a command and a folder", "journal rm x|Unknown command 'rm'",
			"journal ls x y|Unexpected 'y': there is one folder", "journal ls x -f|Unknown option '-f' of ls",
			"journal cat x --run|Option '--run' has no value", "journal cat x --rum 1|Unknown option '--rum'",
			"journal cat x -n 1|Unknown option '-n'", "journal tail -n 1|Give the journal's folder",
			"journal ls|Give the journal's folder", "journal ls a\0|'a\0' is no path: Nul character not allowed",
			"journal tail x -n -1|Option '-n' needs a number, but is '-1'",
			"journal cat x --from noon|Option '--from' needs a time as in 2026-11-27T10:15:30Z, but is 'noon'",
			"journal cat x --name a*|Event pattern 'a*' mixes '*' with text in segment 'a*': a wildcard stands for a whole segment, as in 'model.*'" })
	void whenTheCommandLineIsWrongThenItSaysWhatAndTheStatusIsTwo(String line) {
		String[] parts = line.split("\\|");
		assertThat(run(false, parts[0].split(" "))).isEqualTo(2);
		assertThat(this.err.toString()).isEqualTo(parts[1] + "\nTry: telemetry-router journal --help\n");
	}

	@Test
	void whenThereIsNoJournalThenItSaysSoAndTheStatusIsTwo() {
		assertThat(run(false, "journal", "cat", "none")).isEqualTo(2);
		assertThat(this.err.toString()).isEqualTo("There is no journal folder 'none'\n");
	}

	@ParameterizedTest
	@ValueSource(strings = { "ls", "cat", "verify", "tail" })
	void whenTheFolderIsAnotherOneOrAFileThenItSaysSoAndTheStatusIsTwo(String command) throws Exception {
		assertThat(run(command)).isEqualTo(2);
		assertThat(this.err.toString())
			.startsWith("There is no journal in folder '" + this.directory + "': it has no segments\n");
		this.err.reset();
		Path segment = write(1);
		assertThat(run(false, "journal", command, segment.toString())).isEqualTo(2);
		assertThat(this.err.toString()).startsWith("'" + segment + "' is a file: give the folder of the journal\n");
		assertThat(this.out.toString()).isEmpty();
	}

	@Test
	void whenTheLastLineIsNotCompleteThenVerifySaysSo() throws Exception {
		Path segment = write(2);
		byte[] bytes = Files.readAllBytes(segment);
		Files.write(segment, Arrays.copyOf(bytes, bytes.length - 20));
		assertThat(run("verify")).isZero();
		assertThat(this.out.toString()).startsWith(bytes.length / 2 + " bytes: 1 lines intact, 0 damaged, 0 missing\n")
			.endsWith("\n" + (bytes.length / 2 - 20)
					+ " bytes at the end are an incomplete line, or were written meanwhile\n");
	}

	@Test
	void whenHelpIsAskedForThenItIsPrinted() {
		assertThat(run(false, "journal", "ls", "-h")).isZero();
		this.out.reset();
		assertThat(run(false, "--help")).isZero();
		assertThat(this.out.toString()).startsWith("Usage: telemetry-router journal <command> <folder> [options]\n");
	}

}
