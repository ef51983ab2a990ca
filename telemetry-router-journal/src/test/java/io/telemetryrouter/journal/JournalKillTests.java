package io.telemetryrouter.journal;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills a process whose threads emit to a synchronous journal, opens the journal again,
 * and looks for every event whose emit had returned. {@code -Dkill.runs=50} for more
 * runs, {@code -Dkill.seed=88 -Dkill.runs=1} for one of them.
 */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 1, unit = TimeUnit.HOURS)
class JournalKillTests {

	private static final int RUNS = Integer.getInteger("kill.runs", 3);

	private static final int SEED = Integer.getInteger("kill.seed", 1);

	private static final int THREADS = 4;

	@TempDir
	Path directory;

	@Test
	void whenAProcessIsKilledThenEveryAcknowledgedEventIsReadBackOnceAndInOrder() throws Exception {
		int repaired = 0;
		for (int seed = SEED; seed < SEED + RUNS; seed++) {
			Path folder = this.directory.resolve("run-" + seed);
			List<String> acknowledged = emitAndKill(folder, new Random(seed), Fsync.values()[seed % 3]);
			repaired += checkRepair(folder, new Random(seed));
			check("-Dkill.runs=1 -Dkill.seed=" + seed, folder, acknowledged);
		}
		assertThat(repaired).isEqualTo(RUNS);
	}

	/** Returns what the process said was emitted: thread and number. */
	private static List<String> emitAndKill(Path folder, Random random, Fsync fsync) throws Exception {
		List<String> acknowledged = new ArrayList<>();
		Process process = TestProcess.start(EmitterMain.class, folder.toString(), fsync.name());
		try (BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
			int lines = 1 + random.nextInt(2000);
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				acknowledged.add(line);
				if (acknowledged.size() == lines) {
					// SIGKILL. The process itself would close the pipe, which has more
					// lines.
					process.toHandle().destroyForcibly();
				}
			}
			assertThat(process.waitFor()).as("killed").isEqualTo(128 + 9);
			assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(lines);
		}
		return acknowledged;
	}

	/**
	 * A kill seldom meets a write, since the operating system ends it. So a part of a
	 * line is added, as a lost machine leaves it.
	 */
	private static int checkRepair(Path folder, Random random) throws Exception {
		List<Path> segments = Lines.segments(folder);
		Path last = segments.get(segments.size() - 1);
		String torn = "{\"specversion\":\"1.0\",\"id\":\"".substring(0, 1 + random.nextInt(20));
		Files.writeString(last, torn, StandardOpenOption.APPEND);
		try (CapturedLog log = new CapturedLog();
				Journal journal = Journal.open(JournalOptions.in(folder).segmentSize(64 << 10).build())) {
			assertThat(journal.repair()).isNotNull();
			assertThat(log.lines("was not closed: cut ")).hasSize(1);
			assertThat(journal.append(new TestEvent("after", null))).isTrue();
		}
		return 1;
	}

	private static void check(String repeat, Path folder, List<String> acknowledged) {
		Lines lines = Lines.read(folder);
		assertThat(lines.problems()).as(repeat).isEmpty();
		assertThat(lines.names()).as(repeat).endsWith("after");
		Map<String, List<Integer>> read = new HashMap<>();
		for (JournalRecord line : lines.records()) {
			if (!line.name().equals("after")) {
				read.computeIfAbsent(line.name(), (name) -> new ArrayList<>()).add(Integer.valueOf(line.data()));
			}
		}
		for (int thread = 0; thread < THREADS; thread++) {
			String prefix = "t" + thread + " ";
			int emitted = (int) acknowledged.stream().filter((line) -> line.startsWith(prefix)).count();
			List<Integer> numbers = read.getOrDefault("t" + thread, List.of());
			// At most the one that was under way comes in addition.
			assertThat(numbers.size()).as(repeat).isBetween(emitted, emitted + 1);
			for (int i = 0; i < numbers.size(); i++) {
				assertThat(numbers.get(i)).as(repeat).isEqualTo(i);
			}
		}
	}

	/**
	 * Emits until it is killed, and says what has been emitted.
	 */
	static final class EmitterMain {

		public static void main(String[] args) throws Exception {
			Journal journal = Journal.open(JournalOptions.in(Path.of(args[0]))
				.fsync(Fsync.valueOf(args[1]))
				.segmentSize(64 << 10)
				.retentionSize(1L << 30)
				.build());
			TelemetryRouter router = TelemetryRouter.builder().measureLatency(false).build();
			router.subscribe(journal.handler(JournalMode.SYNC));
			FileOutputStream output = new FileOutputStream(FileDescriptor.out);
			JournalAppendTests.inThreads(THREADS, (thread) -> {
				for (int i = 0;; i++) {
					router.emit("t" + thread, i);
					// One call of the operating system: all of it, or nothing.
					output.write(("t" + thread + " " + i + "\n").getBytes(StandardCharsets.US_ASCII));
				}
			});
		}

	}

}
