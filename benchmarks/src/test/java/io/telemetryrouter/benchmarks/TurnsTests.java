package io.telemetryrouter.benchmarks;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

/**
 * Benchmarks that run in turn.
 */
@SuppressWarnings("NullAway") // A profiler that is not told of a benchmark
class TurnsTests {

	@Test
	void whenBenchmarksHaveIterationsThenOneAtATimeHasEachItsTurn() throws Exception {
		List<Integer> begun = Collections.synchronizedList(new ArrayList<>());
		AtomicInteger running = new AtomicInteger();
		ExecutorService executor = Executors.newCachedThreadPool();
		try (Turns turns = new Turns()) {
			String port = String.valueOf(turns.port());
			List<Future<?>> benchmarks = new ArrayList<>();
			for (int number = 0; number < 3; number++) {
				int own = number;
				benchmarks.add(executor.submit(() -> {
					try (TurnProfiler profiler = new TurnProfiler(port)) {
						for (int i = 0; i < 10 + own; i++) {
							profiler.beforeIteration(null, null);
							begun.add(own);
							assertThat(running.incrementAndGet()).isOne();
							running.decrementAndGet();
							profiler.afterIteration(null, null, null);
						}
					}
				}));
			}
			turns.give(3);
			for (Future<?> benchmark : benchmarks) {
				benchmark.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(begun).hasSize(10 + 11 + 12);
		for (int round = 0; round < 10; round++) {
			assertThat(begun.subList(3 * round, 3 * round + 3)).containsExactlyInAnyOrder(0, 1, 2);
		}
	}

	@Test
	void whenBenchmarkDoesNotComeThenNobodyWaitsAfterTheClose() throws Exception {
		Turns turns = new Turns();
		turns.close();
		assertThatIOException().isThrownBy(() -> turns.give(1));
	}

}
