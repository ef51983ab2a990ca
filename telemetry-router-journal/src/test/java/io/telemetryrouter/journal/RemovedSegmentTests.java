package io.telemetryrouter.journal;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for a segment that another tool moves, deletes, replaces or truncates while the
 * journal writes to it.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows does not delete open files")
class RemovedSegmentTests {

	private static final String SEGMENT = "journal-0000000000000000001.jsonl";

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@TempDir
	Path directory;

	private final FaultyDisk disk = new FaultyDisk();

	private final CapturedLog log = new CapturedLog();

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	private JournalOptions.Builder options() {
		return JournalOptions.in(this.directory).segmentSize(4 << 10).fsyncInterval(Duration.ofDays(1));
	}

	private Journal open() {
		return Journal.open(options().build(), this.disk);
	}

	private static long removed(Journal journal) {
		return journal.status().lost().getOrDefault(LossReason.REMOVED, 0L);
	}

	private void assertLogged(String cause, int lines) {
		assertThat(this.log.lines(this.directory))
			.containsExactly("Journal '" + this.directory + "' has lost its segment '" + SEGMENT + "', which was "
					+ cause + " while it was written to. Lines that may be lost: " + lines
					+ ". A new segment begins. Let no other tool, such as logrotate, change its files:"
					+ " the journal deletes old ones itself, by its retention size and age");
	}

	/** What other tools do to an open segment. */
	enum Change {

		/** As {@code rm} does. */
		DELETED("moved or deleted") {

			@Override
			void apply(Path segment) throws IOException {
				Files.delete(segment);
			}

		},

		/** As logrotate does. */
		MOVED("moved or deleted") {

			@Override
			void apply(Path segment) throws IOException {
				Files.move(segment, segment.resolveSibling(SEGMENT + ".1"));
			}

		},

		/** As logrotate does with {@code create}. */
		REPLACED("replaced by another file") {

			@Override
			void apply(Path segment) throws IOException {
				Files.move(segment, segment.resolveSibling(SEGMENT + ".1"));
				Files.createFile(segment);
			}

		},

		/** As logrotate does with {@code copytruncate}. */
		TRUNCATED("truncated") {

			@Override
			void apply(Path segment) throws IOException {
				Files.copy(segment, segment.resolveSibling(SEGMENT + ".1"));
				try (FileChannel channel = FileChannel.open(segment, StandardOpenOption.WRITE)) {
					channel.truncate(0);
				}
			}

		};

		private final String cause;

		Change(String cause) {
			this.cause = cause;
		}

		abstract void apply(Path segment) throws IOException;

	}

	@ParameterizedTest
	@EnumSource
	void whenASegmentIsGoneThenLinesSinceTheLastCheckAreLostAndANewOneBegins(Change change) throws Exception {
		try (Journal journal = open()) {
			journal.append(new TestEvent("a", 1));
			assertThat(journal.flush()).isTrue();
			change.apply(this.directory.resolve(SEGMENT));
			assertThat(journal.append(new TestEvent("a", 2))).isTrue();
			assertThat(journal.append(new TestEvent("a", 3))).isTrue();
			assertThat(journal.flush()).isFalse();
			assertThat(removed(journal)).isEqualTo(2);
			assertThat(journal.append(new TestEvent("a", 4))).isTrue();
			assertThat(journal.flush()).isTrue();
			assertThat(journal.status().failure()).isNull();
		}
		assertThat(Lines.segments(this.directory)).extracting((file) -> file.getFileName().toString())
			.contains("journal-0000000000000000004.jsonl");
		assertThat(Lines.read(this.directory).data()).endsWith("4");
		assertLogged(change.cause, 2);
	}

	@Test
	void whenAMovedSegmentIsNoticedThenTheMovedFileHasAllLinesSoFar() throws Exception {
		try (Journal journal = open()) {
			journal.append(new TestEvent("a", 1));
			Change.MOVED.apply(this.directory.resolve(SEGMENT));
			journal.append(new TestEvent("a", 2));
			assertThat(journal.flush()).isFalse();
			journal.append(new TestEvent("a", 3));
		}
		assertThat(Files.readAllLines(this.directory.resolve(SEGMENT + ".1"))).hasSize(2);
		assertThat(Lines.read(this.directory).data()).containsExactly("3");
	}

	@Test
	void whenAllLinesWereCheckedBeforeThenTheLossIsLoggedAndNoneIsCounted() throws Exception {
		try (Journal journal = open()) {
			journal.append(new TestEvent("a", 1));
			assertThat(journal.flush()).isTrue();
			Change.TRUNCATED.apply(this.directory.resolve(SEGMENT));
			assertThat(journal.flush()).isTrue();
			assertThat(removed(journal)).isZero();
		}
		assertLogged("truncated", 0);
	}

	@ParameterizedTest
	@EnumSource
	void whenASegmentIsGoneThenThePeriodicCheckNoticesItWithoutAFlush(Fsync fsync) throws Exception {
		try (Journal journal = Journal
			.open(JournalOptions.in(this.directory).fsync(fsync).fsyncInterval(Duration.ofDays(1)).build())) {
			Files.delete(this.directory.resolve(SEGMENT));
			journal.append(new TestEvent("a", 1));
			await().atMost(PATIENCE).until(() -> removed(journal) == 1);
			await().atMost(PATIENCE).until(() -> !this.log.lines(this.directory).isEmpty());
			assertThat(journal.append(new TestEvent("a", 2))).isTrue();
			assertThat(Lines.read(this.directory).data()).containsExactly("2");
		}
		assertLogged("moved or deleted", 1);
	}

	@Test
	void whenTheNextSegmentBeginsThenTheLastOneIsCheckedBefore() throws Exception {
		String large = "x".repeat(1000);
		try (Journal journal = open()) {
			Files.delete(this.directory.resolve(SEGMENT));
			for (int i = 0; i < 4; i++) {
				assertThat(journal.append(new TestEvent("a", large))).isTrue();
			}
			assertThat(removed(journal)).isEqualTo(3);
		}
		assertThat(Lines.read(this.directory).sequences()).containsExactly(4L);
	}

	@Test
	void whenTheJournalIsClosedThenItsSegmentIsCheckedBefore() throws Exception {
		Journal journal = open();
		journal.append(new TestEvent("a", 1));
		Files.delete(this.directory.resolve(SEGMENT));
		Files.delete(this.directory.resolve("journal.lock"));
		journal.close();
		assertThat(this.directory).isEmptyDirectory();
		assertThat(removed(journal)).isEqualTo(1);
		assertLogged("moved or deleted", 1);
	}

	@Test
	void whenASegmentIsDeletedDuringAFailureThenNoOtherFileTakesItsName() throws Exception {
		try (Journal journal = open()) {
			journal.append(new TestEvent("a", 1));
			this.disk.room = 0;
			journal.append(new TestEvent("lost", 2));
			Files.delete(this.directory.resolve(SEGMENT));
			this.disk.room = -1;
			assertThat(journal.append(new TestEvent("a", 3))).isTrue();
			assertThat(removed(journal)).isEqualTo(1);
		}
		assertThat(this.directory.resolve(SEGMENT)).doesNotExist();
		assertThat(Lines.read(this.directory).sequences()).containsExactly(3L);
	}

	@Test
	void whenAnOldSegmentIsDeletedThenNothingIsLost() throws Exception {
		try (Journal journal = open()) {
			String large = "x".repeat(3000);
			journal.append(new TestEvent("a", large));
			journal.append(new TestEvent("a", large));
			List<Path> segments = Lines.segments(this.directory);
			assertThat(segments).hasSize(2);
			Files.delete(segments.get(0));
			assertThat(journal.flush()).isTrue();
			assertThat(removed(journal)).isZero();
		}
		assertThat(this.log.lines(this.directory)).isEmpty();
	}

}
