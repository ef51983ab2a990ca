package io.telemetryrouter.journal;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
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

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.PayloadHandler;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Kills a process whose durable handler is behind four threads that emit, and lets
 * another one go on: together they handle every line. {@code -Dkill.runs=50} for more
 * runs, {@code -Dkill.seed=88 -Dkill.runs=1} for one of them.
 */
@Timeout(value = 1, unit = TimeUnit.HOURS)
@DisabledOnOs(OS.WINDOWS)
class DurableKillTests {

	private static final int RUNS = Integer.getInteger("kill.runs", 3);

	private static final int SEED = Integer.getInteger("kill.seed", 1);

	private static final int THREADS = 4;

	@TempDir
	Path directory;

	@Test
	void whenAProcessIsKilledThenItsHandlerAndThatOfTheNextOneHandleEveryLine() throws Exception {
		for (int seed = SEED; seed < SEED + RUNS; seed++) {
			Path folder = this.directory.resolve("run-" + seed);
			String repeat = "-Dkill.runs=1 -Dkill.seed=" + seed;
			Map<String, Integer> handled = handleAndKill(folder, new Random(seed));
			Map<String, List<Integer>> next = goOn(folder);
			Map<String, Integer> journalled = new HashMap<>();
			for (JournalRecord line : Lines.read(folder).records()) {
				journalled.merge(line.name(), 1, Integer::sum);
			}
			assertThat(next.keySet()).as(repeat).isSubsetOf(journalled.keySet());
			journalled.forEach((thread, lines) -> {
				List<Integer> numbers = next.getOrDefault(thread, List.of());
				int first = numbers.isEmpty() ? lines : numbers.get(0);
				assertThat(first).as(repeat).isLessThanOrEqualTo(handled.getOrDefault(thread, 0));
				for (int i = 0; i < numbers.size(); i++) {
					assertThat(numbers.get(i)).as(repeat).isEqualTo(first + i);
				}
				assertThat(first + numbers.size()).as(repeat).isEqualTo(lines);
			});
		}
	}

	/** Returns how many events of each thread the process has handled. */
	private static Map<String, Integer> handleAndKill(Path folder, Random random) throws Exception {
		Map<String, Integer> handled = new HashMap<>();
		Process process = TestProcess.start(HandlerMain.class, folder.toString());
		try (BufferedReader output = new BufferedReader(
				new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII))) {
			int left = 10_000 + random.nextInt(50_000);
			for (String line = output.readLine(); line != null; line = output.readLine()) {
				String[] event = line.split(" ", 2);
				assertThat(Integer.parseInt(event[1])).as(event[0] + " of " + folder)
					.isEqualTo(handled.getOrDefault(event[0], 0));
				handled.merge(event[0], 1, Integer::sum);
				if (--left == 0) {
					process.toHandle().destroyForcibly();
				}
			}
			assertThat(process.waitFor()).as("killed").isEqualTo(128 + 9);
		}
		finally {
			process.destroyForcibly();
		}
		return handled;
	}

	/** Returns what the next process handles. */
	private static Map<String, List<Integer>> goOn(Path folder) {
		Map<String, List<Integer>> handled = new HashMap<>();
		try (Journal journal = Journal.open(JournalOptions.in(folder).build());
				TelemetryRouter router = TelemetryRouter.builder().build()) {
			router.subscribe(journal.handler(JournalMode.SYNC));
			router.subscribe(durable((event, payload) -> handled.computeIfAbsent(event, (name) -> new ArrayList<>())
				.add((Integer) payload)));
			assertThat(router.flush(Duration.ofSeconds(30)).complete()).isTrue();
		}
		return handled;
	}

	private static HandlerSpec<Object> durable(PayloadHandler<Object> handler) {
		return HandlerSpec.on("**")
			.id("durable")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.maxQueue(100)
			.durable(true)
			.handler(handler)
			.build();
	}

	/**
	 * Emits until it is killed, and says what its handler has handled.
	 */
	static final class HandlerMain {

		public static void main(String[] args) throws Exception {
			Journal journal = Journal
				.open(JournalOptions.in(Path.of(args[0])).segmentSize(1 << 20).retentionSize(1L << 30).build());
			TelemetryRouter router = TelemetryRouter.builder().measureLatency(false).build();
			router.subscribe(journal.handler(JournalMode.SYNC));
			FileOutputStream output = new FileOutputStream(FileDescriptor.out);
			router.subscribe(durable((event, payload) -> output
				.write((event + " " + payload + "\n").getBytes(StandardCharsets.US_ASCII))));
			JournalAppendTests.inThreads(THREADS, (thread) -> {
				for (int i = 0;; i++) {
					router.emit("t" + thread, i);
				}
			});
		}

	}

}
