package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A handler that is removed with pending events stays visible to flush, close and
 * snapshot. Each test reads from one thread while another thread removes the handler. The
 * handler is on thousands of routes, so that its removal takes a while.
 */
@Tag("stress")
class FlushLeavingHandlerTests {

	private static final int ROUNDS = 16;

	private static final int NAMES = 9_000;

	private final List<String> names = new ArrayList<>();

	private final List<TelemetryRouter> routers = new ArrayList<>();

	private CountDownLatch release = new CountDownLatch(1);

	private Subscription leaving;

	FlushLeavingHandlerTests() {
		for (int i = 0; i < NAMES; i++) {
			this.names.add("name." + i);
		}
	}

	@AfterEach
	void close() {
		this.release.countDown();
		this.routers.forEach(TelemetryRouter::close);
	}

	/**
	 * Returns a router whose routes are all compiled.
	 */
	private TelemetryRouter router(HandlerSpec<?> spec) {
		TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Books.LIMIT).logger(new Silence()).build();
		this.routers.add(router);
		this.leaving = router.subscribe(spec);
		this.names.forEach(router::hasHandlers);
		return router;
	}

	private HandlerSpec.Builder<Object> hanging(AtomicInteger handled) {
		CountDownLatch latch = new CountDownLatch(1);
		this.release = latch;
		return HandlerSpec.on("**").id("leaving").async().times(2).handler((event, payload) -> {
			Books.pass(latch);
			handled.incrementAndGet();
		});
	}

	/**
	 * Looks again and again until an action on another thread has ended, and once more.
	 * @return how many looks were true
	 */
	private static int countWhile(Runnable action, Supplier<Boolean> look) throws Exception {
		CountDownLatch looking = new CountDownLatch(1);
		AtomicBoolean done = new AtomicBoolean();
		AtomicInteger found = new AtomicInteger();
		Thread looker = new Thread(() -> {
			boolean last = false;
			while (!last) {
				last = done.get();
				if (look.get()) {
					found.incrementAndGet();
				}
				looking.countDown();
			}
		});
		looker.start();
		Books.pass(looking);
		try {
			action.run();
		}
		finally {
			done.set(true);
			looker.join();
		}
		return found.get();
	}

	@Test
	void whenHandlerLeavesDuringAnEmitThenFlushStillWaitsForItsEarlierEvent() throws Exception {
		int wrong = 0;
		for (int round = 0; round < ROUNDS; round++) {
			AtomicInteger handled = new AtomicInteger();
			TelemetryRouter router = router(hanging(handled).build());
			router.emit("name.0", 1);
			wrong += countWhile(() -> router.emit("name.1", 2), () -> router.flush(Duration.ZERO).complete());
			assertThat(handled).hasValue(0);
			this.release.countDown();
			assertThat(router.flush(Books.LIMIT).complete()).isTrue();
			assertThat(handled).hasValue(2);
		}
		assertThat(wrong).as("flushes that were complete with two events unhandled").isZero();
	}

	@Test
	void whenHandlerLeavesDuringAnEmitThenCloseStillWaitsForItsEarlierEvent() throws Exception {
		List<Integer> handledAtClose = new ArrayList<>();
		for (int round = 0; round < ROUNDS; round++) {
			AtomicInteger handled = new AtomicInteger();
			TelemetryRouter router = router(hanging(handled).build());
			router.emit("name.0", 1);
			CountDownLatch looking = new CountDownLatch(1);
			CompletableFuture<Integer> closed = new CompletableFuture<>();
			Thread closer = new Thread(() -> {
				looking.countDown();
				while (this.leaving.isActive()) {
					Thread.onSpinWait();
				}
				router.close();
				closed.complete(handled.get());
			});
			closer.start();
			Books.pass(looking);
			router.emit("name.1", 2);
			// Lets the events go once the close waits for them, or has not.
			Books.eventually(() -> closed.isDone() || isWaiting(closer));
			this.release.countDown();
			handledAtClose.add(closed.get(Books.LIMIT.toSeconds(), TimeUnit.SECONDS));
		}
		// The second event may come too late for the close, the first one does not.
		assertThat(handledAtClose).as("events handled when close() returned").doesNotContain(0);
	}

	private static boolean isWaiting(Thread thread) {
		return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
	}

	@Test
	void whenHandlerLeavesDuringAnEmitThenResumeFindsIt() throws Exception {
		int lost = 0;
		for (int round = 0; round < ROUNDS; round++) {
			TelemetryRouter router = router(hanging(new AtomicInteger()).build());
			router.emit("name.0", 1);
			lost += countWhile(() -> router.emit("name.1", 2), () -> !router.resume("leaving"));
			this.release.countDown();
			assertThat(router.flush(Books.LIMIT).complete()).isTrue();
		}
		assertThat(lost).as("times that a handler with two events was not found").isZero();
	}

	/** A look at so many names takes long, and not always is it just beginning. */
	private void delay(TelemetryRouter router, int rounds) {
		for (int i = 0; i < rounds; i++) {
			this.names.forEach(router::hasHandlers);
		}
	}

	@Test
	void whenHandlerLeavesThenSnapshotsCountItsEventsOnce() throws Exception {
		int wrong = 0;
		for (int round = 0; round < ROUNDS / 2; round++) {
			AtomicInteger handled = new AtomicInteger();
			TelemetryRouter router = router(hanging(handled).build());
			router.emit("name.0", 1);
			Books.eventually(() -> Books.of(router, "leaving").running() == 1);
			int delay = round;
			wrong += countWhile(() -> {
				delay(router, delay);
				router.emit("name.1", 2);
			}, () -> {
				HandlerAccount total = Books.total(router.snapshot());
				return total.offered() < 1 || total.offered() > 2;
			});
			this.release.countDown();
			assertThat(Books.total(Books.balanced(router)).handled()).isEqualTo(2);
		}
		assertThat(wrong).as("snapshots that count neither one nor two events").isZero();
	}

	@Test
	void whenSubscriptionIsClosedThenSnapshotsCountItsEventsOnce() throws Exception {
		int wrong = 0;
		for (int round = 0; round < ROUNDS / 2; round++) {
			TelemetryRouter router = TelemetryRouter.builder().logger(new Silence()).build();
			this.routers.add(router);
			Subscription subscription = router.subscribeAll((event, payload) -> {
			});
			this.names.forEach(router::hasHandlers);
			router.emit("name.0", 1);
			int delay = round;
			wrong += countWhile(() -> {
				delay(router, delay);
				subscription.close();
			}, () -> Books.total(router.snapshot()).handled() != 1);
		}
		assertThat(wrong).as("snapshots that do not show the one event that was handled").isZero();
	}

}
