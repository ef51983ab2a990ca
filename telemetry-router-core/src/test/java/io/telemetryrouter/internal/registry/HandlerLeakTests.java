package io.telemetryrouter.internal.registry;

import java.lang.ref.WeakReference;
import java.time.Duration;

import org.junit.jupiter.api.Test;

import io.telemetryrouter.HandlerSpec;
import io.telemetryrouter.TelemetryRouter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * A router retains no reference to any part of a removed handler.
 */
class HandlerLeakTests {

	/** Enough to have samples buffered. */
	private static final int STEADY = 1000;

	@Test
	void whenAnAsynchronousHandlerHasGoneThenItsHistogramsAreCollected() {
		try (TelemetryRouter router = TelemetryRouter.builder().build()) {
			Handler handler = (Handler) router.subscribe(HandlerSpec.on("event").async().handler((event, payload) -> {
			}).build());
			WeakReference<?> latency = new WeakReference<>(handler.metrics.latency);
			WeakReference<?> queueWait = new WeakReference<>(handler.metrics.queueWait);
			for (int i = 0; i < STEADY; i++) {
				router.emit("event", null);
				if (i % 100 == 0) {
					assertThat(router.flush(Duration.ofSeconds(30)).complete()).isTrue();
				}
			}
			assertThat(router.flush(Duration.ofSeconds(30)).complete()).isTrue();
			handler.close();
			handler = null;
			await().until(() -> {
				router.snapshot();
				System.gc();
				return latency.get() == null;
			});
			assertThat(queueWait.get()).as("histogram of the waits in the queue").isNull();
		}
	}

}
