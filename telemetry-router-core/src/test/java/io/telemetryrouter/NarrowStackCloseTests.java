package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A thread with a nearly exhausted stack closes a router: each step of the close is made,
 * whatever an earlier one has thrown.
 */
class NarrowStackCloseTests {

	@Test
	@Tag("stress")
	void whenClosingThreadHasHardlyAnyStackLeftThenTheRouterIsClosedAllTheSame() throws Exception {
		for (int i = 0; i < 400; i++) {
			int frames = i;
			TelemetryRouter router = TelemetryRouter.builder().logger(new Silence()).build();
			router.subscribe(HandlerSpec.on("x").id("lane").async().handler((event, payload) -> {
			}).build());
			router.pause("lane");
			CompletableFuture<EmitOutcome> outcome = router.emitAsync("x", 1);
			CompletableFuture<TelemetryEvent<?>> next = router.next("y", (event) -> true, Duration.ofDays(1));
			Thread narrow = new Thread(null, () -> {
				try {
					LaneRecoveryTests.runNear(frames, new int[1], router::close);
				}
				catch (StackOverflowError ex) {
					// The closing thread's own mistake.
					return;
				}
			}, "narrow", 256 * 1024);
			narrow.start();
			narrow.join(Books.LIMIT.toMillis());
			assertThat(narrow.isAlive()).as("close with %s frames left", i).isFalse();
			// Closes the router if the other thread had not begun, or else waits for it.
			router.close();
			assertThat(outcome.get(30, TimeUnit.SECONDS).offered()).as("with %s frames left", i).isOne();
			assertThat(next).as("with %s frames left", i).isCancelled();
			assertThat(Books.of(router, "lane").isBalanced()).as("with %s frames left", i).isTrue();
		}
	}

}
