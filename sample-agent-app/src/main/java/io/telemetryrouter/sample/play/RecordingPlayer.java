package io.telemetryrouter.sample.play;

import java.io.IOException;
import java.io.Reader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

import org.springframework.scheduling.concurrent.CustomizableThreadFactory;
import org.springframework.stereotype.Component;

import io.telemetryrouter.sample.config.SampleProperties;

/**
 * Plays recordings, several runs concurrently. Player threads pull the runs, so that only
 * running ones are in memory, regardless of the size of the recording.
 */
@Component
class RecordingPlayer {

	private final RunPlayer player;

	private final int parallelRuns;

	RecordingPlayer(RunPlayer player, SampleProperties properties) {
		this.player = player;
		this.parallelRuns = properties.parallelRuns();
	}

	/**
	 * Plays all runs and waits for the last one.
	 * @param source the JSON lines
	 * @param malformed receives the number and the problem of each malformed line
	 * @return the result
	 * @throws IOException if the source cannot be read
	 * @throws InterruptedException if the wait is interrupted
	 */
	Played play(Reader source, BiConsumer<Integer, String> malformed) throws IOException, InterruptedException {
		long start = System.nanoTime();
		ExecutorService players = Executors.newFixedThreadPool(this.parallelRuns,
				new CustomizableThreadFactory("agent-"));
		try (RecordingReader recording = new RecordingReader(source, malformed)) {
			List<Future<Integer>> counts = new ArrayList<>();
			for (int i = 0; i < this.parallelRuns; i++) {
				counts.add(players.submit(playAll(recording)));
			}
			int runs = 0;
			for (Future<Integer> count : counts) {
				runs += count.get();
			}
			return new Played(runs, this.parallelRuns, Duration.ofNanos(System.nanoTime() - start));
		}
		catch (ExecutionException ex) {
			if (ex.getCause() instanceof IOException unreadable) {
				throw unreadable;
			}
			throw new IllegalStateException("A run could not be played", ex.getCause());
		}
		finally {
			players.shutdownNow();
		}
	}

	private Callable<Integer> playAll(RecordingReader recording) {
		return () -> {
			int runs = 0;
			RecordedRun run = recording.next();
			while (run != null) {
				this.player.play(run);
				runs++;
				run = recording.next();
			}
			return runs;
		};
	}

	/**
	 * Result of a play.
	 *
	 * @param runs the number of runs
	 * @param parallelRuns the number of concurrent runs
	 * @param duration the elapsed time
	 */
	record Played(int runs, int parallelRuns, Duration duration) {
	}

}
