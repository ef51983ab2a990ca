package io.telemetryrouter.journal;

import java.nio.file.Path;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * Tests for syncs that fail. The system takes the data of a failed sync as synced.
 */
class JournalSyncTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	private static final Duration NEVER = Duration.ofDays(1);

	private static final Duration SOON = Duration.ofMillis(10);

	@TempDir
	Path directory;

	private final FaultyDisk disk = new FaultyDisk();

	private final CapturedLog log = new CapturedLog();

	@AfterEach
	void closeLog() {
		this.log.close();
	}

	private Journal open(Duration interval) {
		return Journal.open(JournalOptions.in(this.directory).fsyncInterval(interval).segmentSize(4 << 10).build(),
				this.disk);
	}

	private void assertAllSynced(int lines) {
		assertThat(this.disk.dropped).isZero();
		assertThat(Lines.read(this.directory).records()).hasSize(lines);
		assertThat(Lines.read(this.directory).problems()).isEmpty();
	}

	@Test
	void whenTheSyncOfAFlushFailsThenEachFlushReportsItUntilTheLinesAreSynced() {
		try (Journal journal = open(NEVER)) {
			journal.append(new TestEvent("a", 1));
			assertThat(journal.flush()).isTrue();
			journal.append(new TestEvent("a", 2));
			this.disk.failsSync = true;
			assertThat(journal.flush()).isFalse();
			assertThat(journal.flush()).isFalse();
			assertThat(journal.append(new TestEvent("a", 3))).isTrue();
			assertThat(journal.status().failure()).contains("Input/output error");
			assertThat(this.disk.dropped).isPositive();
			this.disk.failsSync = false;
			assertThat(journal.flush()).isTrue();
			assertThat(journal.status().failure()).isNull();
			assertAllSynced(3);
		}
	}

	@Test
	void whenThePeriodicSyncFailsThenAFlushReportsIt() {
		try (Journal journal = open(SOON)) {
			this.disk.failsSync = true;
			journal.append(new TestEvent("a", 1));
			await().atMost(PATIENCE).until(() -> journal.status().failure() != null);
			assertThat(journal.flush()).isFalse();
			this.disk.failsSync = false;
			await().atMost(PATIENCE).until(() -> journal.status().failure() == null);
			assertThat(journal.flush()).isTrue();
			assertAllSynced(1);
		}
	}

	@Test
	void whenTheSyncAtTheEndOfASegmentFailsThenNoneBeginsUntilItIsSynced() {
		String large = "x".repeat(3000);
		try (Journal journal = open(NEVER)) {
			assertThat(journal.append(new TestEvent("a", large))).isTrue();
			this.disk.failsSync = true;
			assertThat(journal.append(new TestEvent("lost", large))).isFalse();
			assertThat(journal.append(new TestEvent("lost", large))).isFalse();
			assertThat(Lines.segments(this.directory)).hasSize(1);
			this.disk.failsSync = false;
			assertThat(journal.append(new TestEvent("a", large))).isTrue();
			assertThat(journal.flush()).isTrue();
			assertThat(this.disk.dropped).isZero();
		}
		assertThat(Lines.read(this.directory).sequences()).containsExactly(1L, 4L);
	}

	@Test
	void whenTheLastSyncHasFailedThenTheCloseSyncs() {
		Journal journal = open(NEVER);
		journal.append(new TestEvent("a", 1));
		this.disk.failsSync = true;
		assertThat(journal.flush()).isFalse();
		this.disk.failsSync = false;
		journal.close();
		assertAllSynced(1);
	}

	@Test
	void whenSyncsFailAndWritesDoNotThenThatIsLoggedOnce() {
		try (Journal journal = open(SOON)) {
			this.disk.failsSync = true;
			for (int syncs = 0; syncs < 5; syncs++) {
				int begun = this.disk.syncsBegun.get();
				journal.append(new TestEvent("a", 1));
				await().atMost(PATIENCE).until(() -> this.disk.syncsBegun.get() > begun + 1);
			}
			this.disk.failsSync = false;
			await().atMost(PATIENCE).until(() -> this.log.lines(this.directory).size() >= 2);
		}
		assertThat(this.log.lines(this.directory)).containsExactly("Journal '" + this.directory
				+ "' cannot be synced: java.io.IOException: Input/output error. "
				+ "Its lines are written and synced again until that succeeds: check the disk; no restart is needed",
				"Journal '" + this.directory + "' is written again. Events lost so far: 0");
	}

}
