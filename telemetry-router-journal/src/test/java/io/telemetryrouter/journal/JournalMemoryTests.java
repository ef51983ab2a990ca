package io.telemetryrouter.journal;

import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Replays a journal that is eight times as large as the heap.
 * {@code -Djournal.megabytes=2048 -Djournal.heap=256} for the size of the issue.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
class JournalMemoryTests {

	private static final int MEGABYTES = Integer.getInteger("journal.megabytes", 128);

	private static final int HEAP = Integer.getInteger("journal.heap", 16);

	@TempDir
	Path directory;

	@Test
	void whenAJournalIsLargerThanTheHeapThenItIsReplayed() throws Exception {
		int events = MEGABYTES * 16;
		JournalOptions options = JournalOptions.in(this.directory)
			.fsync(Fsync.NEVER)
			.segmentSize(MEGABYTES * 1024L * 1024)
			.retentionSize(8L << 30)
			.build();
		try (Journal journal = Journal.open(options)) {
			String text = "x".repeat(64 << 10);
			for (int i = 0; i < events; i++) {
				journal.append(new TestEvent("a", text));
			}
		}
		assertThat(JournalReader.segments(this.directory).get(0).bytes()).isGreaterThan(MEGABYTES * 512L * 1024);
		assertThat(TestProcess.run(ReplayMain.class, "-Xmx" + HEAP + "m", this.directory.toString()))
			.isEqualTo("replayed " + events + " and 0 problems");
	}

	/** Replays a journal, in a process of its own. */
	static final class ReplayMain {

		public static void main(String[] args) {
			ReplayReport report = new TelemetryReplayer(Path.of(args[0])).replay(JournalQuery.all(),
					(line) -> line.data());
			System.out.print("replayed " + report.replayed() + " and " + report.problems().size() + " problems");
		}

	}

}
