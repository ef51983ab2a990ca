package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An emitter with a nearly exhausted stack emits an event that a future awaits: the
 * future completes or times out, and no lock stays locked.
 */
class NarrowStackNextTests {

	@Test
	void whenEmittersHaveHardlyAnyStackLeftThenAwaitedEventsEndAndTheRouterGoesOn() throws Exception {
		TelemetryRouter router = TelemetryRouter.builder().logger(new Silence()).build();
		List<CompletableFuture<TelemetryEvent<?>>> futures = new ArrayList<>();
		for (int i = 0; i < 400; i++) {
			int frames = i;
			String name = "event." + i;
			router.subscribe(name, (event, payload) -> {
			});
			futures.add(router.next(name, (event) -> event.payload() != null, Duration.ofSeconds(3)));
			// Compiles the route, so that the next emit is on its usual way.
			router.emit(name, null);
			Thread narrow = new Thread(null, () -> {
				try {
					LaneRecoveryTests.runNear(frames, new int[1], () -> router.emit(name, "narrow"));
				}
				catch (StackOverflowError ex) {
					// The emitter's own mistake.
					return;
				}
			}, "narrow", 256 * 1024);
			narrow.start();
			narrow.join(20_000);
			assertThat(narrow.isAlive()).as("emitter with %s frames left", i).isFalse();
			assertThat(onAThread(() -> router.subscribe(name, (event, payload) -> {
			}))).as("subscribing after an emitter with %s frames left", i).succeedsWithin(Duration.ofSeconds(20));
		}
		for (CompletableFuture<TelemetryEvent<?>> future : futures) {
			CountDownLatch done = new CountDownLatch(1);
			future.whenComplete((event, ex) -> done.countDown());
			assertThat(done.await(20, TimeUnit.SECONDS)).as("future %s ends", futures.indexOf(future)).isTrue();
		}
		router.close();
	}

	/** On a daemon: it may hang for good. */
	private static CompletableFuture<Void> onAThread(Runnable action) {
		CompletableFuture<Void> done = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			action.run();
			done.complete(null);
		});
		thread.setDaemon(true);
		thread.start();
		return done;
	}

}
