package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * A durable handler among late starts, pauses, errors and hangs.
 */
class DurableRecoveryTests {

	@RegisterExtension
	final DurableRouters routers = new DurableRouters();

	@Test
	void whenHandlerSubscribesDuringTheReleaseOfHeldEventsThenItBegins() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(first, 0, 10);
		first.close();
		TelemetryRouter second = this.routers.recorded(TelemetryRouter.builder().holdEvents(100));
		second.subscribe("begin", (event, payload) -> second.subscribe(this.routers.durable("a").build()));
		second.emit("begin", 1);
		second.start();
		DurableRouters.emit(second, 10, 20);
		assertThat(this.routers.account(second).handled()).isEqualTo(20);
		assertThat(this.routers.seen).isEqualTo(DurableRouters.numbers(0, 20));
	}

	@Test
	void whenClockThrowsWhileAnEventIsRecordedThenTheCursorStillMoves() {
		AtomicInteger failures = new AtomicInteger();
		TelemetryRouter router = this.routers.recorded(TelemetryRouter.builder().nanoTime(() -> {
			if (failures.get() > 0 && failures.getAndDecrement() > 0) {
				throw new IllegalStateException("on purpose");
			}
			return System.nanoTime();
		}));
		router.subscribe(this.routers.durable("a").build());
		this.routers.recorder.records = (event) -> {
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
		long last = this.routers.recorder.events.keySet().stream().mapToLong(Long::longValue).max().orElseThrow();
		Books.eventually(() -> this.routers.recorder.cursors.get("durable") == last);
	}

	@Test
	void whenThereIsNoMemoryForAnEventOfABacklogThenItIsCountedAndTheNextAreHandled() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(first, 0, 10);
		AtomicInteger decoded = new AtomicInteger();
		this.routers.recorder.decoding = (number) -> {
			if (decoded.getAndIncrement() == 3) {
				throw new OutOfMemoryError("on purpose");
			}
		};
		first.subscribe(this.routers.durable("a").build());
		HandlerAccount account = this.routers.account(first);
		assertThat(account.offered()).isEqualTo(10);
		assertThat(account.droppedTotal()).isOne();
		assertThat(this.routers.seen).hasSize(9).doesNotContain(3);
	}

	@Test
	void whenHandlerIsResumedWithinItsBacklogThenItGoesOnAtOnce() throws InterruptedException {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(first, 0, 10);
		first.close();
		ScriptedExecutor executor = new ScriptedExecutor(ScriptedExecutor.Step.KEEP);
		TelemetryRouter second = this.routers.recorded(TelemetryRouter.builder().laneExecutor(executor));
		second.subscribe(this.routers.durable("a").build());
		second.pause("durable");
		executor.runKept().join();
		second.resume("durable");
		executor.runKept().join();
		assertThat(this.routers.seen).isEqualTo(DurableRouters.numbers(0, 10));
	}

	/** Emits events after the durable handler has left. */
	private void leaveBacklog(int events) {
		TelemetryRouter router = this.routers.router(Books.LIMIT);
		router.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(router, 0, events);
	}

	@Test
	void whenTheRecordingFailsWithinABacklogThenALineSaysWhenTheRestIsRead() {
		leaveBacklog(3);
		this.routers.recorder.reading = (number) -> {
			throw new IllegalStateException("disk");
		};
		try (CapturedLog log = new CapturedLog(); TelemetryRouter second = TelemetryRouter.builder().build()) {
			second.subscribe(this.routers.recorder.sync());
			second.subscribe(this.routers.durable("a").build());
			assertThat(second.flush(Books.LIMIT).complete()).isTrue();
			Books.eventually(() -> log
				.lines("Reading the backlog of handler 'durable' (the rest is read at the next start) failed")
				.size() == 1);
		}
	}

	@Test
	void whenTheEventsOfABacklogCannotBeReadThenALineSaysSoWithoutTheirPayloads() {
		leaveBacklog(3);
		this.routers.recorder.decoding = (number) -> {
			throw new IllegalStateException("secret");
		};
		try (CapturedLog log = new CapturedLog(); TelemetryRouter second = TelemetryRouter.builder().build()) {
			second.subscribe(this.routers.recorder.sync());
			second.subscribe(this.routers.durable("a").build());
			assertThat(Books.dropped(this.routers.account(second), DropReason.TYPE_MISMATCH)).isEqualTo(3);
			assertThat(log.lines("cannot be read")).singleElement()
				.asString()
				.contains("Handler 'durable'", "event 'a'", Object.class.getName(),
						IllegalStateException.class.getName(), "EventUpcaster")
				.doesNotContain("secret");
		}
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlerIsPausedDuringAReadOfItsBacklogThenTheEventThatWasReadIsKept(boolean resumed) throws Exception {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(first, 0, 10);
		first.close();
		ScriptedExecutor executor = new ScriptedExecutor(ScriptedExecutor.Step.KEEP);
		TelemetryRouter second = this.routers.recorded(TelemetryRouter.builder().laneExecutor(executor));
		this.routers.recorder.reading = (number) -> second.pause("durable");
		Subscription subscription = second.subscribe(this.routers.durable("a").build());
		executor.runKept().join();
		this.routers.recorder.reading = (number) -> {
		};
		assertThat(this.routers.seen).isEmpty();
		HandlerAccount paused = Books.of(second, "durable");
		assertThat(paused.offered()).isOne();
		assertThat(paused.queued()).isOne();
		assertThat(second.flush(Duration.ZERO).pendingByHandler()).containsEntry("durable", 2L);
		if (resumed) {
			second.resume("durable");
			executor.runKept().join();
			assertThat(this.routers.seen).isEqualTo(DurableRouters.numbers(0, 10));
			assertThat(this.routers.account(second).handled()).isEqualTo(10);
		}
		else {
			subscription.close();
			assertThat(Books.dropped(Books.balanced(second).retired(), DropReason.UNSUBSCRIBED)).isOne();
		}
	}

	@Test
	void whenTheRecordingHangsThenTheHandlerLeavesAndNoEventIsSkipped() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		CountDownLatch hung = hang(new CountDownLatch(1));
		Subscription subscription = first.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(first, 0, 10);
		Books.quiet(first);
		assertThat(CompletableFuture.runAsync(subscription::close)).succeedsWithin(Books.LIMIT);
		assertThat(Books.balanced(first).handlers()).doesNotContainKey("durable");
		first.emit("a", 10);
		hung.countDown();
		this.routers.recorder.moving = (number) -> {
		};
		first.subscribe(this.routers.durable("a").build());
		assertThat(first.flush(Books.LIMIT).complete()).isTrue();
		assertThat(this.routers.seen).endsWith(10).containsAll(DurableRouters.numbers(0, 11));
	}

	/** Lets each move of a cursor hang. */
	private CountDownLatch hang(CountDownLatch moving) {
		CountDownLatch hung = new CountDownLatch(1);
		this.routers.recorder.moving = (number) -> {
			moving.countDown();
			Books.passUninterruptibly(hung);
		};
		return hung;
	}

	@Test
	void whenTheRecordingHangsThenTheRouterClosesAndNoEventIsSkipped() {
		TelemetryRouter first = this.routers.router(Duration.ofMillis(1));
		this.routers.open = new CountDownLatch(1);
		CountDownLatch moving = new CountDownLatch(1);
		CountDownLatch hung = hang(moving);
		first.subscribe(this.routers.durable("a").build());
		first.subscribe(this.routers.durable("other").id("other").handler((event, payload) -> {
		}).build());
		DurableRouters.emit(first, 0, 10);
		Books.pass(moving);
		assertThat(CompletableFuture.runAsync(first::close)).succeedsWithin(Books.LIMIT);
		hung.countDown();
		this.routers.recorder.moving = (number) -> {
		};
		this.routers.open.countDown();
		Books.quiet(first);
		this.routers.seen.clear();
		TelemetryRouter second = this.routers.router(Books.LIMIT);
		second.subscribe(this.routers.durable("a").build());
		assertThat(this.routers.account(second).handled()).isEqualTo(10);
		assertThat(this.routers.seen).isEqualTo(DurableRouters.numbers(0, 10));
	}

	@Test
	void whenTheLastMoveOfACursorTakesTimeThenTheCloseWaitsForIt() throws InterruptedException {
		TelemetryRouter router = this.routers.router(Books.LIMIT);
		CountDownLatch moving = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		this.routers.recorder.moving = (number) -> {
			moving.countDown();
			Books.pass(goOn);
		};
		router.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(router, 0, 5);
		Books.balanced(router);
		Books.pass(moving);
		Thread closer = new Thread(router::close);
		closer.start();
		Books.eventually(() -> closer.getState() == Thread.State.TIMED_WAITING);
		goOn.countDown();
		closer.join(Books.LIMIT.toMillis());
		assertThat(this.routers.recorder.cursors).containsEntry("durable", this.routers.recorder.latest());
	}

	@Test
	void whenTheRouterClosesAsAHandlerSubscribesThenTheHandlerIsNotCalled() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(first, 0, 5);
		first.close();
		List<TelemetryRouter> closed = new ArrayList<>();
		TelemetryRouter second = this.routers.recorded(
				TelemetryRouter.builder().laneExecutor((task) -> new Thread(task).start()).specCustomizer((spec) -> {
					closed.forEach(TelemetryRouter::close);
					return spec;
				}));
		closed.add(second);
		assertThatIllegalStateException().isThrownBy(() -> second.subscribe(this.routers.durable("a").build()))
			.withMessageContaining("closed");
		assertThat(second.snapshot().handlers()).containsOnlyKeys("recorder");
		assertThat(this.routers.seen).isEmpty();
	}

}
