package io.telemetryrouter;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Level;
import java.util.logging.LogRecord;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

class CloseTests {

	private static final String TOTALS = "Telemetry router closed in";

	private final CountDownLatch release = new CountDownLatch(1);

	private CapturedLog log;

	@BeforeEach
	void capture() {
		this.log = new CapturedLog();
	}

	@AfterEach
	void release() {
		this.release.countDown();
		this.log.close();
	}

	@Test
	void whenClosedThenNewEventsAreCountedClosed() throws Exception {
		TelemetryRouter router = TelemetryRouter.builder().build();
		List<Object> received = new ArrayList<>();
		router.subscribe(HandlerSpec.on("x").id("sync").handler((event, payload) -> received.add(payload)).build());
		router.subscribe(
				HandlerSpec.on("*").id("async").async().handler((event, payload) -> received.add(payload)).build());
		router.close();
		router.emit("x", 1);
		router.emit("first-time", 1);
		assertThat(router.emitAsync("x", 2).get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 2));
		assertThat(received).isEmpty();
		assertThat(router.hasHandlers("x")).isFalse();
		RouterSnapshot snapshot = router.snapshot();
		assertThat(snapshot.handlers().get("sync").account().dropped()).containsEntry(DropReason.CLOSED, 2L);
		assertThat(snapshot.handlers().get("async").account().dropped()).containsEntry(DropReason.CLOSED, 3L);
		assertThat(snapshot.handlers().values()).allMatch((handler) -> handler.account().isBalanced());
		assertThat(snapshot.events().get("x").emitted()).isEqualTo(2);
	}

	@Test
	void whenClosedThenQueuedEventsAreHandledFirst() {
		TelemetryRouter router = TelemetryRouter.builder().build();
		Queue<Object> received = new ConcurrentLinkedQueue<>();
		router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> received.add(payload)).build());
		router.subscribe(HandlerSpec.on("x").async().once().handler((event, payload) -> received.add("once")).build());
		for (int i = 0; i < 500; i++) {
			router.emit("x", i);
		}
		router.close();
		assertThat(received).hasSize(501).contains(0, 499, "once");
	}

	@Test
	void whenTimeIsUpThenTheRestIsCountedShutdownTimeout() throws Exception {
		TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ofMillis(20)).build();
		CountDownLatch running = new CountDownLatch(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		router.subscribe(HandlerSpec.on("x").id("hung").async().handler((event, payload) -> {
			running.countDown();
			try {
				this.release.await();
			}
			catch (InterruptedException ex) {
				interrupted.set(true);
				throw ex;
			}
		}).build());
		List<CompletableFuture<EmitOutcome>> outcomes = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			outcomes.add(router.emitAsync("x", i));
		}
		assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
		router.close();
		HandlerAccount account = router.handlerSnapshot("hung").account();
		assertThat(account.dropped()).containsEntry(DropReason.SHUTDOWN_TIMEOUT, 9L)
			.containsEntry(DropReason.CLOSED, 0L);
		assertThat(account.queued()).isZero();
		// A handler that still runs then is interrupted.
		await().atMost(30, TimeUnit.SECONDS).until(interrupted::get);
		await().atMost(30, TimeUnit.SECONDS).until(() -> router.handlerSnapshot("hung").account().failed() == 1);
		for (CompletableFuture<EmitOutcome> outcome : outcomes) {
			assertThat(outcome.get(30, TimeUnit.SECONDS).offered()).isOne();
		}
		assertThat(router.handlerSnapshot("hung").account().isBalanced()).isTrue();
	}

	@Test
	void whenManyLanesHangThenTheyShareOneDeadline() {
		// With a second for each lane this would take a minute and a half.
		TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ofSeconds(1)).build();
		for (int i = 0; i < 90; i++) {
			router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> this.release.await()).build());
		}
		router.emit("x", 1);
		router.emit("x", 2);
		CompletableFuture<Void> closed = CompletableFuture.runAsync(router::close);
		await().atMost(30, TimeUnit.SECONDS).until(closed::isDone);
		assertThat(router.snapshot().handlers().values())
			.allMatch((handler) -> handler.account().dropped().get(DropReason.SHUTDOWN_TIMEOUT) == 1);
	}

	@Test
	void whenShutdownTimeoutIsZeroThenQueuedEventsAreDiscardedAtOnce() throws Exception {
		TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ZERO).build();
		CountDownLatch running = new CountDownLatch(1);
		router.subscribe(HandlerSpec.on("x").id("busy").async().handler((event, payload) -> {
			running.countDown();
			this.release.await();
		}).build());
		router.emit("x", 1);
		router.emit("x", 2);
		assertThat(running.await(30, TimeUnit.SECONDS)).isTrue();
		router.close();
		assertThat(router.handlerSnapshot("busy").account().dropped()).containsEntry(DropReason.SHUTDOWN_TIMEOUT, 1L);
	}

	@Test
	void whenShutdownTimeoutIsForEverThenCloseStillDrains() {
		TelemetryRouter router = TelemetryRouter.builder()
			.shutdownTimeout(ChronoUnit.FOREVER.getDuration())
			.slowThreshold(ChronoUnit.FOREVER.getDuration())
			.blockTimeout(ChronoUnit.FOREVER.getDuration())
			.build();
		router.subscribe(HandlerSpec.on("x")
			.id("slow")
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.BLOCK)
			.slowThreshold(ChronoUnit.FOREVER.getDuration())
			.handler((event, payload) -> {
			})
			.build());
		for (int i = 0; i < 100; i++) {
			router.emit("x", i);
		}
		router.close();
		assertThat(router.handlerSnapshot("slow").account().handled()).isEqualTo(100);
	}

	@Test
	void whenClosedThenTotalsAreLoggedInOneLine() {
		TelemetryRouter router = TelemetryRouter.builder().build();
		router.subscribe("x", (event, payload) -> {
		});
		router.subscribe("x", (event, payload) -> {
		}).close();
		router.subscribe(HandlerSpec.on("x").condition((event) -> false).handler((event, payload) -> {
		}).build());
		router.subscribe(HandlerSpec.on("x").payloadType(String.class).handler((event, payload) -> {
		}).build());
		router.subscribeOnce("x", (event, payload) -> {
			throw new IllegalStateException("on purpose");
		});
		router.emit("x", 1);
		router.emit("x", 2);
		router.close();
		router.close();
		LogRecord totals = this.log.records(TOTALS).get(0);
		assertThat(this.log.records(TOTALS)).hasSize(1);
		assertThat(totals.getLevel()).isEqualTo(Level.INFO);
		assertThat(totals.getMessage()).matches(TOTALS
				+ " [\\d.]+ (ms|s): offered=7, handled=2, failed=1, filtered=2, dropped=\\{type_mismatch=2}, running=0, "
				+ "unhandled=0");
	}

	@Test
	void whenEventsAreLostInShutdownThenTotalsAreAWarning() {
		TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ZERO).build();
		router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> this.release.await()).build());
		for (int i = 0; i < 10; i++) {
			router.emit("x", i);
		}
		router.close();
		assertThat(this.log.records(TOTALS)).singleElement()
			.satisfies((logged) -> assertThat(logged.getLevel()).isEqualTo(Level.WARNING))
			.satisfies((logged) -> assertThat(logged.getMessage()).contains("offered=10, ", "shutdown_timeout="));
	}

	@Test
	void whenOnlyACallOutlivesTheShutdownThenTotalsAreAWarningToo() {
		CountDownLatch begun = new CountDownLatch(1);
		TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ZERO).build();
		router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> {
			begun.countDown();
			Books.passUninterruptibly(this.release);
		}).build());
		router.emit("x", 1);
		Books.pass(begun);
		router.close();
		assertThat(this.log.records(TOTALS)).singleElement()
			.satisfies((logged) -> assertThat(logged.getLevel()).isEqualTo(Level.WARNING))
			.satisfies((logged) -> assertThat(logged.getMessage()).contains("dropped={}"));
	}

	@Test
	void whenClosedTwiceThenTheSecondDoesNothing() {
		TelemetryRouter router = TelemetryRouter.builder().build();
		router.close();
		router.close();
		assertThat(this.log.records(TOTALS)).hasSize(1);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlerClosesTheRouterThenItReturnsAtOnceAndTheRestIsDrained(boolean async) throws Exception {
		TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ofDays(1)).build();
		CountDownLatch returned = new CountDownLatch(1);
		LongAdder handled = new LongAdder();
		router.subscribe(HandlerSpec.on("x")
			.mode(async ? HandlerMode.ASYNC : HandlerMode.SYNC)
			.priority(1)
			.handler((event, payload) -> {
				router.close();
				Books.eventually(() -> threads("close").stream().allMatch(Thread::isDaemon));
				returned.countDown();
			})
			.build());
		router
			.subscribe(HandlerSpec.on("x").id("lane").async().handler((event, payload) -> handled.increment()).build());
		router.emit("x", 1);
		assertThat(returned.await(30, TimeUnit.SECONDS)).isTrue();
		await().atMost(30, TimeUnit.SECONDS).until(() -> !this.log.records(TOTALS).isEmpty());
		assertThat(handled.sum()).isOne();
		router.emit("x", 2);
		assertThat(router.handlerSnapshot("lane").account().dropped()).containsEntry(DropReason.CLOSED, 1L);
		awaitNoThreads("close");
	}

	@Test
	void whenAsynchronousHandlerClosesTheRouterThenItWaitsForTheOtherLanes() {
		TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ofDays(1)).build();
		Queue<String> order = new ConcurrentLinkedQueue<>();
		AtomicReference<Thread> closing = new AtomicReference<>();
		router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> {
			closing.set(Thread.currentThread());
			router.close();
			order.add("closed");
		}).build());
		router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> {
			Books.eventually(() -> !order.isEmpty()
					|| (closing.get() != null && closing.get().getState() == Thread.State.TIMED_WAITING));
			order.add("handled");
		}).build());
		router.emit("x", 1);
		Books.eventually(() -> order.size() == 2);
		assertThat(order).containsExactly("handled", "closed");
		awaitNoThreads("close");
	}

	@Test
	void whenClosedThenNoThreadIsLeft() {
		TelemetryRouter router = TelemetryRouter.builder().build();
		for (int i = 0; i < 5; i++) {
			router.subscribe(HandlerSpec.on("x").id("closing-" + i).async().handler((event, payload) -> {
			}).build());
		}
		CompletableFuture<EmitOutcome> outcome = router.emitAsync("x", 1);
		assertThat(outcome).succeedsWithin(Duration.ofSeconds(30));
		assertThat(threads("closing-")).isNotEmpty().allMatch(Thread::isDaemon);
		router.close();
		awaitNoThreads("closing-");
	}

	@Test
	void whenHungHandlerHeedsTheInterruptThenItsThreadGoesToo() {
		TelemetryRouter router = TelemetryRouter.builder().shutdownTimeout(Duration.ofMillis(1)).build();
		router.subscribe(
				HandlerSpec.on("x").id("hung-one").async().handler((event, payload) -> this.release.await()).build());
		router.emit("x", 1);
		await().atMost(30, TimeUnit.SECONDS).until(() -> !threads("hung-one").isEmpty());
		router.close();
		awaitNoThreads("hung-one");
	}

	@Test
	void whenClosedThenSubscribingFails() {
		TelemetryRouter router = TelemetryRouter.builder().build();
		Subscription before = router.subscribe("x", (event, payload) -> {
		});
		router.close();
		assertThatIllegalStateException().isThrownBy(() -> router.subscribe("x", (event, payload) -> {
		})).withMessage("Telemetry router is closed");
		assertThatIllegalStateException().isThrownBy(() -> router.next("x", (event) -> true, Duration.ofSeconds(1)))
			.withMessage("Telemetry router is closed");
		before.close();
		router.flush(Duration.ofSeconds(1));
		router.start();
	}

	@Test
	void whenClosedThenPendingNextIsCancelled() {
		TelemetryRouter router = TelemetryRouter.builder().build();
		var next = router.next("x", (event) -> true, Duration.ofDays(1));
		router.close();
		assertThat(next).isCancelled();
	}

	private static List<Thread> threads(String handlerId) {
		return Thread.getAllStackTraces()
			.keySet()
			.stream()
			.filter((thread) -> thread.getName().startsWith("telemetry-router-" + handlerId))
			.toList();
	}

	private static void awaitNoThreads(String handlerId) {
		await().atMost(30, TimeUnit.SECONDS).until(() -> threads(handlerId).isEmpty());
	}

}
