package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;

import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Routers that share one recording, and a durable handler of theirs.
 */
final class DurableRouters implements AfterEachCallback {

	final MemoryRecorder recorder = new MemoryRecorder();

	/** The payloads that the durable handler was called with. */
	final List<Object> seen = Collections.synchronizedList(new ArrayList<>());

	/** The durable handler waits for it in each call. */
	volatile CountDownLatch open = new CountDownLatch(0);

	private final List<TelemetryRouter> routers = new ArrayList<>();

	@Override
	public void afterEach(ExtensionContext context) {
		this.open.countDown();
		this.routers.forEach(TelemetryRouter::close);
		assertThat(this.recorder.readers).hasValue(0);
	}

	/**
	 * Builds a router that is closed after the test.
	 * @param builder its settings
	 * @return the router, without its recorder
	 */
	TelemetryRouter build(TelemetryRouterBuilder builder) {
		TelemetryRouter router = builder.logger(new Silence()).build();
		this.routers.add(router);
		return router;
	}

	/**
	 * Builds a router with the recorder.
	 * @param shutdownTimeout its shutdown timeout
	 * @return the router
	 */
	TelemetryRouter router(Duration shutdownTimeout) {
		// The watchdog moves cursors. The threshold makes it check more often.
		return recorded(
				TelemetryRouter.builder().shutdownTimeout(shutdownTimeout).stuckThreshold(Duration.ofMillis(100)));
	}

	TelemetryRouter recorded(TelemetryRouterBuilder builder) {
		TelemetryRouter router = build(builder);
		router.subscribe(this.recorder.sync());
		return router;
	}

	HandlerSpec.Builder<Object> durable(String pattern) {
		return HandlerSpec.on(pattern)
			.id("durable")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.maxQueue(2)
			.durable(true)
			.handler((event, payload) -> {
				this.open.await();
				this.seen.add(payload);
			});
	}

	HandlerAccount account(TelemetryRouter router) {
		return Books.balanced(router).handlers().get("durable").account();
	}

	/**
	 * Emits numbers, each once to the durable handler and once to nobody.
	 * @param router the router
	 * @param from the first number
	 * @param to the number after the last one
	 */
	static void emit(TelemetryRouter router, int from, int to) {
		for (int i = from; i < to; i++) {
			router.emit("a", i);
			router.emit("other", i);
		}
	}

	static List<Object> numbers(int from, int to) {
		return IntStream.range(from, to).<Object>mapToObj((number) -> number).toList();
	}

}
