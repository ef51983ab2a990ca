package io.telemetryrouter.journal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import io.telemetryrouter.TelemetryEvent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

class TelemetryReplayerTests {

	private static final Instant START = TestEvent.TIME;

	@TempDir
	Path directory;

	private final List<Long> seen = new ArrayList<>();

	/**
	 * Writes lines 1 to 9: tool.a, model.call, tool.b and again, one each second, in
	 * three runs.
	 */
	private void write() {
		EventAttributes attributes = new EventAttributes() {

			@Override
			public String runId(TelemetryEvent<?> event) {
				return "run-" + event.payload();
			}

		};
		JournalOptions options = JournalOptions.in(this.directory).segmentSize(4 << 10).attributes(attributes).build();
		try (Journal journal = Journal.open(options)) {
			for (int i = 0; i < 9; i++) {
				String name = List.of("tool.a", "model.call", "tool.b").get(i % 3);
				journal.append(new TestEvent(name, i / 3).at(START.plusSeconds(i)));
			}
		}
	}

	private ReplayReport replay(JournalQuery query) {
		this.seen.clear();
		return new TelemetryReplayer(this.directory).replay(query, (line) -> this.seen.add(line.sequence()));
	}

	@Test
	void whenNothingIsSelectedThenAllIsReplayedInOrder() {
		write();
		ReplayReport report = replay(JournalQuery.all());
		assertThat(this.seen).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
		assertThat(report).isEqualTo(new ReplayReport(9, 9, 0, 0, 0, 0, 0, 0, false, List.of(), List.of()));
	}

	@Test
	void whenEventsAreSelectedThenTheyMeetAllConditions() {
		write();
		replay(JournalQuery.all().name("tool.*"));
		assertThat(this.seen).containsExactly(1L, 3L, 4L, 6L, 7L, 9L);
		replay(JournalQuery.all().name("tool.a").name("model.**"));
		assertThat(this.seen).containsExactly(1L, 2L, 4L, 5L, 7L, 8L);
		replay(JournalQuery.all().run("run-1"));
		assertThat(this.seen).containsExactly(4L, 5L, 6L);
		replay(JournalQuery.all().from(START.plusSeconds(2)).before(START.plusSeconds(5)));
		assertThat(this.seen).containsExactly(3L, 4L, 5L);
		replay(JournalQuery.all().sequences(3, 8).run("run-1").name("tool.**"));
		assertThat(this.seen).containsExactly(4L, 6L);
		assertThat(replay(JournalQuery.all().sequences(3, 5)).read()).isEqualTo(5);
		assertThat(this.seen).containsExactly(3L, 4L, 5L);
		assertThatIllegalArgumentException().isThrownBy(() -> JournalQuery.all().name("a*"));
	}

	@Test
	void whenAHandlerThrowsThenItIsCountedAndTheOthersAreReplayed() {
		write();
		ReplayReport report = new TelemetryReplayer(this.directory).replay(JournalQuery.all(), (line) -> {
			if (line.sequence() == 4) {
				throw new Exception();
			}
			if (line.sequence() % 2 == 0) {
				throw new AssertionError();
			}
			this.seen.add(line.sequence());
		});
		assertThat(this.seen).containsExactly(1L, 3L, 5L, 7L, 9L);
		assertThat(report.failed()).isEqualTo(4);
		assertThat(report.replayed()).isEqualTo(5);
	}

	@Test
	void whenReplayIsPacedThenEachEventIsDueAtItsOffsetAndNeverEarlierThanTheOneBefore() {
		try (Journal journal = Journal.open(JournalOptions.in(this.directory).build())) {
			for (int millis : new int[] { 0, 100, 50, 1000 }) {
				journal.append(new TestEvent("a", millis).at(START.plusMillis(millis)));
			}
		}
		List<Duration> offsets = new ArrayList<>();
		new TelemetryReplayer(this.directory).replay(JournalQuery.all(), offsets::add, (line) -> {
		});
		assertThat(offsets).containsExactly(Duration.ZERO, Duration.ofMillis(100), Duration.ofMillis(100),
				Duration.ofMillis(1000));
	}

	@Test
	void whenTheThreadIsInterruptedThenTheReplayEndsAndSaysSo() {
		write();
		ReplayReport report = new TelemetryReplayer(this.directory).replay(JournalQuery.all(), Pacing.asRecorded(),
				(line) -> Thread.currentThread().interrupt());
		assertThat(Thread.interrupted()).isTrue();
		assertThat(report.replayed()).isEqualTo(1);
		assertThat(report.interrupted()).isTrue();
	}

	@Test
	void whenLinesAreDamagedOrMissingThenTheyAreCountedAndListed() throws Exception {
		JournalOptions options = JournalOptions.in(this.directory).segmentSize(4 << 10).build();
		try (Journal journal = Journal.open(options)) {
			for (int i = 0; i < 12; i++) {
				journal.append(new TestEvent("a", "x".repeat(1000)));
			}
		}
		List<Path> segments = Lines.segments(this.directory);
		Files.delete(segments.get(1));
		byte[] bytes = Files.readAllBytes(segments.get(0));
		bytes[10] ^= 1;
		Files.write(segments.get(0), bytes);
		ReplayReport report = replay(JournalQuery.all());
		assertThat(this.seen).containsExactly(2L, 3L, 7L, 8L, 9L, 10L, 11L, 12L);
		assertThat(report.damaged()).isEqualTo(1);
		assertThat(report.missing()).isEqualTo(4);
		assertThat(report.problems().stream().map(Object::toString)).containsExactly(
				"journal-0000000000000000001.jsonl at byte 0: a line of " + bytes.length / 3
						+ " bytes has no valid checksum",
				"journal-0000000000000000001.jsonl at byte " + bytes.length / 3 + ": line 1 is missing",
				"journal-0000000000000000007.jsonl at byte 0: lines 4 to 6 are missing");
	}

	@Test
	void whenMuchIsDamagedThenTheListIsBounded() throws Exception {
		Files.writeString(this.directory.resolve("journal-0000000000000000001.jsonl"), "damaged\n".repeat(1000));
		ReplayReport report = replay(JournalQuery.all());
		assertThat(report.damaged()).isEqualTo(1000);
		assertThat(report.problems()).hasSize(TelemetryReplayer.MAX_PROBLEMS);
	}

	@Test
	void whenTheJournalIsBeingWrittenThenTheReplayEndsWithTheLastLine() {
		try (Journal journal = Journal.open(JournalOptions.in(this.directory).build())) {
			journal.append(new TestEvent("a", 1));
			assertThat(replay(JournalQuery.all()).replayed()).isEqualTo(1);
			journal.append(new TestEvent("a", 1));
			assertThat(replay(JournalQuery.all()).replayed()).isEqualTo(2);
		}
	}

	@Test
	void whenThereIsNoFolderThenReplayFails() {
		TelemetryReplayer replayer = new TelemetryReplayer(this.directory.resolve("none"));
		assertThatExceptionOfType(JournalException.class)
			.isThrownBy(() -> replayer.replay(JournalQuery.all(), (line) -> this.seen.add(1L)));
	}

	/** The clock of the recording machine was wrong for its first events. */
	@Test
	void whenEventsAreCenturiesApartThenPacingWaits() {
		Thread.currentThread().interrupt();
		assertThatExceptionOfType(InterruptedException.class)
			.isThrownBy(() -> Pacing.asRecorded().await(Duration.ofDays(400L * 365)));
	}

}
