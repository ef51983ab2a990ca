package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A durable handler among late starts, pauses, errors and hangs.
 */
class DurableRecoveryTests {

	private final MemoryRecorder recorder = new MemoryRecorder();

	private final List<Object> seen = Collections.synchronizedList(new ArrayList<>());

	private final List<TelemetryRouter> routers = new ArrayList<>();

	private volatile CountDownLatch open = new CountDownLatch(0);

	@AfterEach
	void close() {
		this.open.countDown();
		this.routers.forEach(TelemetryRouter::close);
		assertThat(this.recorder.readers).hasValue(0);
	}

	private TelemetryRouter router(Duration shutdownTimeout) {
		TelemetryRouter router = TelemetryRouter.builder()
			.logger(new Silence())
			.shutdownTimeout(shutdownTimeout)
			.build();
		this.routers.add(router);
		router.subscribe(this.recorder.sync());
		return router;
	}

	private HandlerSpec.Builder<Object> durable(String pattern) {
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

	private static void emit(TelemetryRouter router, int from, int to) {
		for (int i = from; i < to; i++) {
			router.emit("a", i);
			router.emit("other", i);
		}
	}

	private static List<Object> numbers(int from, int to) {
		return IntStream.range(from, to).<Object>mapToObj((number) -> number).toList();
	}

	private HandlerAccount account(TelemetryRouter router) {
		return Books.balanced(router).handlers().get("durable").account();
	}

	@Test
	void whenHandlerSubscribesDuringTheReleaseOfHeldEventsThenItBegins() {
		TelemetryRouter first = router(Books.LIMIT);
		first.subscribe(durable("a").build()).close();
		emit(first, 0, 10);
		first.close();
		TelemetryRouter second = TelemetryRouter.builder().logger(new Silence()).holdEvents(100).build();
		this.routers.add(second);
		second.subscribe(this.recorder.sync());
		second.subscribe("begin", (event, payload) -> second.subscribe(durable("a").build()));
		second.emit("begin", 1);
		second.start();
		emit(second, 10, 20);
		assertThat(account(second).handled()).isEqualTo(20);
		assertThat(this.seen).isEqualTo(numbers(0, 20));
	}

	@Test
	void whenClockThrowsWhileAnEventIsRecordedThenTheCursorStillMoves() {
		AtomicInteger failures = new AtomicInteger();
		TelemetryRouter router = TelemetryRouter.builder().logger(new Silence()).nanoTime(() -> {
			if (failures.get() > 0 && failures.getAndDecrement() > 0) {
				throw new IllegalStateException("on purpose");
			}
			return System.nanoTime();
		}).build();
		this.routers.add(router);
		router.subscribe(this.recorder.sync());
		router.subscribe(durable("a").build());
		this.recorder.records = (event) -> {
			failures.set(event.payload().equals(1) ? 2 : 0);
			return true;
		};
		for (int i = 0; i < 3; i++) {
			try {
				router.emit("a", i);
			}
			catch (IllegalStateException ex) {
				assertThat(i).isOne();
			}
		}
		long last = this.recorder.events.keySet().stream().mapToLong(Long::longValue).max().orElseThrow();
		Books.eventually(() -> this.recorder.cursors.get("durable") == last);
	}

	@Test
	void whenThereIsNoMemoryForAnEventOfABacklogThenItIsCountedAndTheNextAreHandled() {
		TelemetryRouter first = router(Books.LIMIT);
		first.subscribe(durable("a").build()).close();
		emit(first, 0, 10);
		AtomicInteger decoded = new AtomicInteger();
		this.recorder.decoding = (number) -> {
			if (decoded.getAndIncrement() == 3) {
				throw new OutOfMemoryError("on purpose");
			}
		};
		first.subscribe(durable("a").build());
		HandlerAccount account = account(first);
		assertThat(account.offered()).isEqualTo(10);
		assertThat(account.droppedTotal()).isOne();
		assertThat(this.seen).hasSize(9).doesNotContain(3);
	}

	@Test
	void whenHandlerIsResumedWithinItsBacklogThenItGoesOnAtOnce() throws InterruptedException {
		TelemetryRouter first = router(Books.LIMIT);
		first.subscribe(durable("a").build()).close();
		emit(first, 0, 10);
		first.close();
		ScriptedExecutor executor = new ScriptedExecutor(ScriptedExecutor.Step.KEEP);
		TelemetryRouter second = TelemetryRouter.builder().logger(new Silence()).laneExecutor(executor).build();
		this.routers.add(second);
		second.subscribe(this.recorder.sync());
		second.subscribe(durable("a").build());
		second.pause("durable");
		executor.runKept().join();
		second.resume("durable");
		executor.runKept().join();
		assertThat(this.seen).isEqualTo(numbers(0, 10));
	}

	@Test
	void whenTheRecordingHangsThenTheRouterClosesAndNoEventIsSkipped() {
		TelemetryRouter first = router(Duration.ofMillis(1));
		this.open = new CountDownLatch(1);
		CountDownLatch hung = new CountDownLatch(1);
		this.recorder.moving = (number) -> Books.passUninterruptibly(hung);
		first.subscribe(durable("a").build());
		first.subscribe(durable("other").id("other").handler((event, payload) -> {
		}).build());
		emit(first, 0, 10);
		assertThat(CompletableFuture.runAsync(first::close)).succeedsWithin(Books.LIMIT);
		hung.countDown();
		this.recorder.moving = (number) -> {
		};
		this.open.countDown();
		Books.quiet(first);
		this.seen.clear();
		TelemetryRouter second = router(Books.LIMIT);
		second.subscribe(durable("a").build());
		assertThat(account(second).handled()).isEqualTo(10);
		assertThat(this.seen).isEqualTo(numbers(0, 10));
	}

}
