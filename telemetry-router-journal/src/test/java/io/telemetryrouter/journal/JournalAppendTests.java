package io.telemetryrouter.journal;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class JournalAppendTests {

	private static final Duration PATIENCE = Duration.ofSeconds(30);

	@TempDir
	Path directory;

	private JournalOptions.Builder options() {
		return JournalOptions.in(this.directory);
	}

	private static List<Long> range(long first, long last) {
		return LongStream.rangeClosed(first, last).boxed().toList();
	}

	@ParameterizedTest
	@EnumSource(Fsync.class)
	void whenAppendReturnsThenTheLineCanBeRead(Fsync fsync) {
		try (Journal journal = Journal.open(options().fsync(fsync).build())) {
			for (int i = 1; i <= 10; i++) {
				assertThat(journal.append(new TestEvent("a", i))).isTrue();
				assertThat(Lines.read(this.directory).sequences()).isEqualTo(range(1, i));
			}
			assertThat(journal.status().syncs()).isEqualTo((fsync == Fsync.ALWAYS) ? 10 : journal.status().syncs());
		}
	}

	@Test
	void whenJournalIsOpenedAgainThenNumbersGoOn() {
		// The age of a segment is that of its first line.
		Clock clock = Clock.fixed(TestEvent.TIME, ZoneOffset.UTC);
		for (int i = 0; i < 3; i++) {
			try (Journal journal = Journal.open(options().clock(clock).build())) {
				assertThat(journal.repair()).isNull();
				journal.append(new TestEvent("a", i));
				journal.append(new TestEvent("b", i));
			}
		}
		Lines lines = Lines.read(this.directory);
		assertThat(lines.sequences()).isEqualTo(range(1, 6));
		assertThat(lines.data()).containsExactly("0", "0", "1", "1", "2", "2");
		assertThat(Lines.segments(this.directory)).hasSize(1);
	}

	@ParameterizedTest
	@EnumSource(Fsync.class)
	void whenThreadsAppendAtOnceThenEachLineIsThereOnceAndTheOrderOfEachThreadHolds(Fsync fsync) throws Exception {
		int count = (fsync == Fsync.ALWAYS) ? 50 : 2000;
		try (Journal journal = Journal.open(options().fsync(fsync).segmentSize(32 << 10).build())) {
			inThreads(4, (thread) -> {
				for (int i = 0; i < count; i++) {
					assertThat(journal.append(new TestEvent("t" + thread, i))).isTrue();
				}
			});
			assertThat(journal.status().written()).isEqualTo(4 * count);
		}
		Lines lines = Lines.read(this.directory);
		assertThat(lines.problems()).isEmpty();
		assertThat(lines.sequences()).isEqualTo(range(1, 4 * count));
		for (int thread = 0; thread < 4; thread++) {
			String name = "t" + thread;
			assertThat(lines.records().stream().filter((line) -> line.name().equals(name)).map(JournalRecord::data))
				.isEqualTo(LongStream.range(0, count).mapToObj(Long::toString).toList());
		}
	}

	@Test
	void whenThreadsWaitForTheDiskThenOneSyncServesThemAll() throws Exception {
		FaultyDisk disk = new FaultyDisk();
		try (Journal journal = Journal.open(options().fsync(Fsync.ALWAYS).build(), disk)) {
			disk.syncMayEnd = new CountDownLatch(1);
			Thread first = new Thread(() -> journal.append(new TestEvent("first", 1)));
			first.start();
			await().atMost(PATIENCE).until(() -> disk.syncsBegun.get() == 1);
			List<Thread> others = new ArrayList<>();
			for (int i = 0; i < 8; i++) {
				Thread other = new Thread(() -> journal.append(new TestEvent("other", 1)));
				others.add(other);
				other.start();
			}
			await().atMost(PATIENCE).until(() -> journal.status().pending() == 9);
			assertThat(journal.status().written()).isZero();
			disk.syncMayEnd.countDown();
			first.join();
			for (Thread other : others) {
				other.join();
			}
			assertThat(journal.status().written()).isEqualTo(9);
			assertThat(journal.status().syncs()).isEqualTo(2);
		}
	}

	@Test
	void whenFsyncIsByIntervalThenLinesReachTheDiskWithoutFurtherEvents() {
		JournalOptions options = options().fsync(Fsync.INTERVAL).fsyncInterval(Duration.ofMillis(10)).build();
		try (Journal journal = Journal.open(options)) {
			journal.append(new TestEvent("a", 1));
			await().atMost(PATIENCE).until(() -> journal.status().syncs() == 1);
		}
	}

	@Test
	void whenInterruptedThreadAppendsThenTheLineIsWrittenAndTheInterruptStays() {
		try (Journal journal = Journal.open(options().fsync(Fsync.ALWAYS).segmentSize(4 << 10).build())) {
			for (int i = 0; i < 100; i++) {
				Thread.currentThread().interrupt();
				boolean written = journal.append(new TestEvent("a", "x".repeat(100)));
				assertThat(Thread.interrupted()).isTrue();
				assertThat(written).isTrue();
			}
		}
		assertThat(Lines.segments(this.directory)).hasSizeGreaterThan(2);
		assertThat(Lines.read(this.directory).sequences()).isEqualTo(range(1, 100));
	}

	@Test
	void whenRouterEmitsToASyncJournalThenTheLineIsThereBeforeTheNextHandlerRuns() {
		List<Integer> seen = new ArrayList<>();
		try (Journal journal = Journal.open(options().build());
				TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe("a.b", (event, payload) -> seen.add(Lines.read(this.directory).records().size()));
			router.subscribe(journal.handler(JournalMode.SYNC));
			router.emit("a.b", 1);
			router.emit("a.b", 2);
		}
		assertThat(seen).containsExactly(1, 2);
	}

	@Test
	void whenRouterEmitsToAnAsyncJournalThenLinesAreWrittenInOrderWithoutFlush() {
		try (Journal journal = Journal.open(options().fsync(Fsync.ALWAYS).build());
				TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journal.handler(JournalMode.ASYNC));
			for (int i = 0; i < 1000; i++) {
				router.emit("a", i);
			}
			await().atMost(PATIENCE).until(() -> journal.status().written() == 1000);
			assertThat(journal.status().pending()).isZero();
			assertThat(Lines.read(this.directory).data())
				.isEqualTo(LongStream.range(0, 1000).mapToObj(Long::toString).toList());
		}
	}

	@Test
	void whenJournalIsFlushedThenLinesOfAnAsyncHandlerAreOnDisk() {
		FaultyDisk disk = new FaultyDisk();
		try (Journal journal = Journal.open(options().fsyncInterval(Duration.ofDays(1)).build(), disk);
				TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journal.handler(JournalMode.ASYNC));
			router.emit("a", 1);
			assertThat(router.flush(PATIENCE).complete()).isTrue();
			assertThat(journal.status().written()).isEqualTo(1);
			assertThat(journal.status().syncs()).isEqualTo(1);
			assertThat(journal.flush()).isTrue();
			disk.failsSync = true;
			router.emit("a", 2);
			// Of the router, it covers the journal.
			assertThat(router.flush(PATIENCE).complete()).isFalse();
			assertThat(journal.flush()).isFalse();
			disk.failsSync = false;
		}
		assertThat(Lines.read(this.directory).data()).containsExactly("1", "2");
	}

	@Test
	void whenJournalIsClosedThenFurtherEventsAreCountedAndNoThreadIsLeft() {
		Journal journal = Journal.open(options().build());
		journal.append(new TestEvent("a", 1));
		journal.close();
		journal.close();
		assertThat(journal.append(new TestEvent("a", 2))).isFalse();
		assertThat(journal.status().lost()).containsEntry(LossReason.CLOSED, 1L);
		assertThat(Lines.read(this.directory).data()).containsExactly("1");
		await().atMost(PATIENCE)
			.until(() -> Thread.getAllStackTraces()
				.keySet()
				.stream()
				.noneMatch((thread) -> thread.getName().equals("telemetry-router:journal")));
	}

	interface Part {

		void run(int thread) throws Exception;

	}

	static void inThreads(int count, Part part) throws Exception {
		List<Throwable> failures = new java.util.concurrent.CopyOnWriteArrayList<>();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < count; i++) {
			int number = i;
			Thread thread = new Thread(() -> {
				try {
					part.run(number);
				}
				catch (Throwable ex) {
					failures.add(ex);
				}
			});
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
		assertThat(failures).isEmpty();
	}

}
