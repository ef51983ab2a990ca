package io.telemetryrouter.journal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class JournalDegradationTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@TempDir
	Path directory;

	private final FaultyDisk disk = new FaultyDisk();

	private final CapturedLog log = new CapturedLog();

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	private Journal open(JournalOptions.Builder options) {
		return Journal.open(options.build(), this.disk);
	}

	private JournalOptions.Builder options() {
		return JournalOptions.in(this.directory);
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 100, 100_000 })
	void whenDiskIsFullForAWhileThenEventsAreCountedAndLaterOnesAreWritten(int room) {
		try (Journal journal = open(options())) {
			assertThat(journal.append(new TestEvent("a", 1))).isTrue();
			this.disk.room = room;
			assertThat(journal.append(new TestEvent("lost", 2))).isFalse();
			assertThat(journal.append(new TestEvent("lost", 3))).isFalse();
			assertThat(journal.status().failure()).contains("No space left on device");
			this.disk.room = -1;
			assertThat(journal.append(new TestEvent("a", 4))).isTrue();
			assertThat(journal.status().failure()).isNull();
			assertThat(journal.status().lost()).containsEntry(LossReason.IO_ERROR, 2L);
			assertThat(journal.status().written()).isEqualTo(2);
		}
		Lines lines = Lines.read(this.directory);
		assertThat(lines.data()).containsExactly("1", "4");
		assertThat(lines.problems()).hasToString("[journal-0000000000000000001.jsonl at byte "
				+ (lines.records().get(0).line().length() + 1) + ": lines 2 to 3 are missing]");
	}

	@Test
	void whenAHalfWrittenLineCannotBeCutThenItIsCutBeforeTheNextOne() {
		try (Journal journal = open(options())) {
			journal.append(new TestEvent("a", 1));
			this.disk.room = 50;
			this.disk.failsTruncate = true;
			assertThat(journal.append(new TestEvent("lost", 2))).isFalse();
			this.disk.room = -1;
			assertThat(journal.append(new TestEvent("lost", 3))).isFalse();
			this.disk.failsTruncate = false;
			assertThat(journal.append(new TestEvent("a", 4))).isTrue();
		}
		assertThat(Lines.read(this.directory).data()).containsExactly("1", "4");
		assertThat(Lines.raw(this.directory)).doesNotContain("lost");
	}

	@Test
	void whenDiskIsFullThenItIsSaidOnceAndItsEndToo() {
		try (Journal journal = open(options().fsyncInterval(Duration.ofMillis(10)))) {
			this.disk.room = 0;
			journal.append(new TestEvent("a", 1));
			await().atMost(PATIENCE).until(() -> !this.log.lines(this.directory).isEmpty());
			journal.append(new TestEvent("a", 2));
			this.disk.room = -1;
			journal.append(new TestEvent("a", 3));
			await().atMost(PATIENCE).until(() -> this.log.lines(this.directory).size() >= 2);
		}
		assertThat(this.log.lines(this.directory)).containsExactly(
				"Journal '" + this.directory + "' cannot be written: java.io.IOException: No space left on device."
						+ " Events are counted as lost until a write succeeds: check the disk; no restart is needed",
				"Journal '" + this.directory + "' is written again. Events lost so far: 2");
	}

	@Test
	void whenAFailureEndsBetweenTwoReportsThenItsLossesAreReportedAllTheSame() {
		try (Journal journal = open(options().fsyncInterval(Duration.ofDays(1)))) {
			this.disk.room = 0;
			journal.append(new TestEvent("a", 1));
			this.disk.room = -1;
			journal.append(new TestEvent("a", 2));
		}
		assertThat(this.log.lines(this.directory)).satisfiesExactly(
				(line) -> assertThat(line).contains("cannot be written: java.io.IOException: No space left on device."),
				(line) -> assertThat(line).endsWith("is written again. Events lost so far: 1"));
	}

	@Test
	void whenDiskIsFullToTheEndThenTheLastLineSaysWhatWasLost() {
		Journal journal = open(options());
		this.disk.room = 0;
		journal.append(new TestEvent("a", 1));
		journal.append(new TestEvent("a", 2));
		journal.close();
		journal.close();
		assertThat(this.log.lines(this.directory)).containsOnlyOnce(
				"Journal '" + this.directory + "' was closed before it could be written again. Events lost: 2");
	}

	@Test
	void whenTheDiskDoesNotTakeAnAcknowledgedWriteThenTheEventIsNotWritten() {
		try (Journal journal = open(options().fsync(Fsync.ALWAYS))) {
			this.disk.failsSync = true;
			assertThat(journal.append(new TestEvent("lost", 1))).isFalse();
			this.disk.failsSync = false;
			assertThat(journal.append(new TestEvent("a", 2))).isTrue();
		}
		assertThat(Lines.read(this.directory).names()).containsExactly("a");
	}

	@Test
	void whenANewSegmentCannotBeMadeThenEventsAreCountedUntilItCan() {
		try (Journal journal = open(options().segmentSize(4 << 10))) {
			String large = "x".repeat(3000);
			assertThat(journal.append(new TestEvent("a", large))).isTrue();
			this.disk.failsOpen = true;
			assertThat(journal.append(new TestEvent("lost", large))).isFalse();
			assertThat(journal.append(new TestEvent("lost", large))).isFalse();
			this.disk.failsOpen = false;
			assertThat(journal.append(new TestEvent("a", large))).isTrue();
		}
		assertThat(Lines.read(this.directory).sequences()).containsExactly(1L, 4L);
	}

	@Test
	void whenDiskIsFullThenTheEmitterAndItsHandlersNoticeNothing() {
		try (Journal journal = open(options()); TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journal.handler(JournalMode.SYNC));
			this.disk.room = 0;
			for (int i = 0; i < 100; i++) {
				router.emit("a", i);
			}
			HandlerAccount account = router.snapshot().handlers().get("journal").account();
			assertThat(account.handled()).isEqualTo(100);
			assertThat(account.isBalanced()).isTrue();
			assertThat(journal.status().lost()).containsEntry(LossReason.IO_ERROR, 100L);
		}
	}

	@Test
	void whenTheFolderIsDeletedThenEventsAreCountedAndNoOtherFolderIsMade() throws Exception {
		Path folder = this.directory.resolve("j");
		try (Journal journal = open(JournalOptions.in(folder).fsyncInterval(Duration.ofMillis(10)))) {
			journal.append(new TestEvent("a", 1));
			Files.delete(Lines.segments(folder).get(0));
			Files.delete(folder.resolve("journal.lock"));
			Files.delete(folder);
			await().atMost(PATIENCE).until(() -> journal.status().failure() != null);
			assertThat(journal.append(new TestEvent("a", 2))).isFalse();
			assertThat(folder).doesNotExist();
			assertThat(journal.status().lost()).containsEntry(LossReason.IO_ERROR, 1L);
		}
	}

	@Test
	void whenAnAsyncHandlersLinesCannotBeWrittenThenTheyAreCounted() {
		try (Journal journal = open(options()); TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journal.handler(JournalMode.ASYNC));
			this.disk.room = 10;
			router.emit("a", 1);
			await().atMost(PATIENCE).until(() -> journal.status().lost().get(LossReason.IO_ERROR) == 1);
			this.disk.room = -1;
			router.emit("a", 2);
			await().atMost(PATIENCE).until(() -> journal.status().written() == 1);
		}
		assertThat(Lines.read(this.directory).data()).containsExactly("2");
	}

	@Test
	void whenADiskFailsWhileAReaderReadsThenTheReaderGoesOnWithWhatFollows() {
		try (Journal journal = open(options())) {
			journal.append(new TestEvent("a", 1));
			try (JournalReader reader = JournalReader.open(this.directory, (problem) -> {
			})) {
				assertThat(reader.next()).isNotNull();
				this.disk.room = 30;
				this.disk.failsTruncate = true;
				journal.append(new TestEvent("a", 2));
				assertThat(reader.next()).isNull();
				this.disk.room = -1;
				this.disk.failsTruncate = false;
				journal.append(new TestEvent("a", 3));
				assertThat(reader.next()).extracting(JournalRecord::data).isEqualTo("3");
				assertThat(reader.next()).isNull();
			}
		}
	}

}
