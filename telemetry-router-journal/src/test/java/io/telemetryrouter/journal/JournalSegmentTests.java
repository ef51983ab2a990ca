package io.telemetryrouter.journal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

class JournalSegmentTests {

	private static final String KILOBYTE = "x".repeat(1024);

	@TempDir
	Path directory;

	private final ManualClock clock = new ManualClock();

	private JournalOptions.Builder options() {
		return JournalOptions.in(this.directory).clock(this.clock).segmentSize(4 << 10);
	}

	private void append(Journal journal, int count) {
		for (int i = 0; i < count; i++) {
			assertThat(journal.append(new TestEvent("a", KILOBYTE).at(this.clock.instant()))).isTrue();
		}
	}

	private long size() {
		return JournalReader.segments(this.directory).stream().mapToLong(SegmentInfo::bytes).sum();
	}

	@Test
	void whenASegmentIsLargeEnoughThenTheNextOneIsNamedByItsFirstLine() {
		try (Journal journal = Journal.open(options().build())) {
			append(journal, 10);
		}
		assertThat(Lines.segments(this.directory)).extracting((file) -> file.getFileName().toString())
			.containsExactly("journal-0000000000000000001.jsonl", "journal-0000000000000000004.jsonl",
					"journal-0000000000000000007.jsonl", "journal-0000000000000000010.jsonl");
		assertThat(JournalReader.segments(this.directory)).allMatch((segment) -> segment.bytes() <= 4 << 10);
		assertThat(Lines.read(this.directory).problems()).isEmpty();
		assertThat(Lines.read(this.directory).records()).hasSize(10);
	}

	@Test
	void whenALineIsLargerThanASegmentThenItHasOneOfItsOwn() {
		try (Journal journal = Journal.open(options().build())) {
			append(journal, 1);
			journal.append(new TestEvent("a", "x".repeat(10_000)));
			append(journal, 1);
		}
		assertThat(Lines.segments(this.directory)).hasSize(3);
		assertThat(Lines.read(this.directory).sequences()).containsExactly(1L, 2L, 3L);
	}

	@Test
	void whenASegmentIsOldEnoughThenANewOneBegins() {
		try (Journal journal = Journal.open(options().segmentAge(Duration.ofHours(1)).build())) {
			append(journal, 1);
			this.clock.advance(Duration.ofMinutes(59));
			append(journal, 1);
			this.clock.advance(Duration.ofMinutes(1));
			append(journal, 1);
		}
		assertThat(JournalReader.segments(this.directory)).extracting(SegmentInfo::firstSequence)
			.containsExactly(1L, 3L);
	}

	@Test
	void whenAJournalIsOpenedAgainThenItsSegmentIsAsOldAsItsFirstLine() {
		JournalOptions options = options().segmentAge(Duration.ofHours(1)).build();
		try (Journal journal = Journal.open(options)) {
			append(journal, 1);
		}
		this.clock.advance(Duration.ofMinutes(61));
		try (Journal journal = Journal.open(options)) {
			append(journal, 1);
		}
		assertThat(JournalReader.segments(this.directory)).extracting(SegmentInfo::firstSequence)
			.containsExactly(1L, 2L);
	}

	@Test
	void whenAllSegmentsAreLargerThanIsKeptThenTheOldestAreDeleted() {
		try (Journal journal = Journal.open(options().retentionSize(12 << 10).build())) {
			for (int i = 0; i < 40; i++) {
				append(journal, 1);
				assertThat(size()).isLessThanOrEqualTo(12 << 10);
			}
		}
		List<Long> kept = Lines.read(this.directory).sequences();
		assertThat(kept).hasSizeBetween(7, 9).endsWith(39L, 40L);
		assertThat(Lines.read(this.directory).problems()).isEmpty();
	}

	@Test
	void whenSegmentsAreOlderThanIsKeptThenTheyAreDeletedButForTheLast() {
		JournalOptions options = options().retentionAge(Duration.ofDays(7))
			.fsyncInterval(Duration.ofMillis(10))
			.build();
		try (Journal journal = Journal.open(options)) {
			append(journal, 10);
			assertThat(Lines.segments(this.directory)).hasSize(4);
			this.clock.advance(Duration.ofDays(8));
			await().atMost(Duration.ofSeconds(30)).until(() -> Lines.segments(this.directory).size() == 1);
		}
		assertThat(Lines.read(this.directory).sequences()).containsExactly(10L);
	}

	/** A folder of 10,000 segments takes a while to list. */
	@Test
	void whenTheDeletionOfOldSegmentsTakesLongThenEventsAreWrittenMeanwhile() throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch mayEnd = new CountDownLatch(1);
		Clock slow = new ManualClock() {

			@Override
			public Instant instant() {
				begun.countDown();
				try {
					mayEnd.await();
				}
				catch (InterruptedException ex) {
					Thread.currentThread().interrupt();
				}
				return super.instant();
			}

			@Override
			public long millis() {
				return TestEvent.TIME.toEpochMilli();
			}

		};
		try (Journal first = Journal.open(options().build())) {
			append(first, 10);
		}
		try (Journal journal = Journal.open(options().retentionAge(Duration.ofDays(7)).clock(slow).build())) {
			try {
				assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
				CompletableFuture<Boolean> written = CompletableFuture
					.supplyAsync(() -> journal.append(new TestEvent("a", 1)));
				assertThat(written.get(30, TimeUnit.SECONDS)).isTrue();
			}
			finally {
				mayEnd.countDown();
			}
		}
	}

	@Test
	void whenAgesAreWithoutEndThenNothingIsOld() {
		Duration endless = Duration.ofSeconds(Long.MAX_VALUE);
		JournalOptions options = options().segmentAge(endless)
			.retentionAge(endless)
			.fsyncInterval(endless)
			.fsync(Fsync.INTERVAL)
			.build();
		try (Journal journal = Journal.open(options)) {
			append(journal, 10);
			assertThat(journal.status().written()).isEqualTo(10);
		}
		assertThat(Lines.segments(this.directory)).hasSize(4);
	}

	@Test
	void whenOtherFilesAreInTheFolderThenTheyAreLeftAlone() throws Exception {
		Path other = Files.writeString(this.directory.resolve("journal-1.jsonl"), "mine\n");
		Path tooHigh = Files.writeString(this.directory.resolve("journal-9999999999999999999.jsonl"), "mine\n");
		try (Journal journal = Journal.open(options().retentionSize(8 << 10).build())) {
			append(journal, 20);
		}
		assertThat(other).hasContent("mine");
		assertThat(tooHigh).hasContent("mine");
		assertThat(Lines.read(this.directory).problems()).isEmpty();
	}

	@Test
	void whenOptionsCannotWorkThenTheyAreRefused() {
		assertThatIllegalArgumentException().isThrownBy(() -> options().retentionSize(7 << 10).build())
			.withMessage("'retentionSize' must be at least twice 'segmentSize' (4096 bytes), but is 7168");
		assertThatIllegalArgumentException().isThrownBy(() -> options().segmentSize(10))
			.withMessageStartingWith("'segmentSize' must be between 4096 and ");
		assertThatIllegalArgumentException().isThrownBy(() -> options().maxPayload(2 << 20))
			.withMessage("'maxPayload' must be between 64 and 1048576 bytes, but is 2097152");
		assertThatIllegalArgumentException().isThrownBy(() -> options().segmentAge(Duration.ZERO))
			.withMessage("'segmentAge' must be positive, but is 0 ms");
		assertThatIllegalArgumentException().isThrownBy(() -> options().source(" "))
			.withMessage("'source' must not be blank");
		assertThatIllegalArgumentException().isThrownBy(() -> options().encoder(null))
			.withMessage("'encoder' must not be null");
	}

	@Test
	void whenAnOldSegmentCannotBeDeletedThenNoEventIsLostAndTheNextOneIsDeleted() throws Exception {
		Path stuck = this.directory.resolve("journal-0000000000000000000.jsonl");
		try (CapturedLog log = new CapturedLog();
				Journal journal = Journal.open(options().retentionSize(16 << 10).build())) {
			append(journal, 1);
			// A folder that is not empty cannot be deleted.
			Files.createDirectories(stuck.resolve("file"));
			append(journal, 30);
			await().atMost(Duration.ofSeconds(30)).until(() -> !log.lines(this.directory).isEmpty());
			append(journal, 30);
			assertThat(journal.status().lost().get(LossReason.IO_ERROR)).isZero();
			assertThat(size()).isLessThanOrEqualTo(20 << 10);
			assertThat(log.lines(this.directory)).containsExactly("Journal '" + this.directory
					+ "' cannot delete its old segment 'journal-0000000000000000000.jsonl': java.nio.file.DirectoryNotEmptyException: "
					+ stuck + ". Delete it, or the journal exceeds its retention");
		}
	}

}
