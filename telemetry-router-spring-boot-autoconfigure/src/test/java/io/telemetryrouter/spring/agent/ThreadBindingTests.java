package io.telemetryrouter.spring.agent;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.RunContext;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Tests for {@link ThreadBinding}.
 */
class ThreadBindingTests {

	@Test
	void whenThreadsBindARunAtOnceThenNothingIsLeftOnAnyOfThem() throws Exception {
		int threads = 4;
		int rounds = 5_000;
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			AgentTelemetry telemetry = new AgentTelemetry(() -> router, false);
			List<ObservedRun> runs = new ArrayList<>();
			for (int round = 0; round < rounds; round++) {
				runs.add(telemetry.startRun(new RunDescription("test", null, null, null, false, null)));
			}
			CyclicBarrier together = new CyclicBarrier(threads);
			List<Future<RunContext>> left = new ArrayList<>();
			for (int thread = 0; thread < threads; thread++) {
				left.add(executor.submit(() -> {
					RunContext found = null;
					for (ObservedRun run : runs) {
						together.await(30, TimeUnit.SECONDS);
						run.bind();
						run.unbind();
						found = (found != null) ? found : RunContext.current();
					}
					return found;
				}));
			}
			for (Future<RunContext> thread : left) {
				assertThat(thread.get(60, TimeUnit.SECONDS)).isNull();
			}
			runs.forEach(ObservedRun::complete);
		}
		finally {
			executor.shutdownNow();
		}
	}

}
