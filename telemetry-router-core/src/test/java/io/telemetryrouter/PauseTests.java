package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

/**
 * Paused handlers.
 */
class PauseTests {

	private final List<Object> handled = Collections.synchronizedList(new ArrayList<>());

	private TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
	}

	private HandlerSpec.Builder<Object> lane() {
		return HandlerSpec.on("event").id("lane").async();
	}

	private void subscribe(HandlerSpec.Builder<Object> spec) {
		this.router.subscribe(spec.handler((event, payload) -> this.handled.add(payload)).build());
	}

	private List<Object> emit(int from, int to) {
		List<Object> payloads = new ArrayList<>(IntStream.range(from, to).boxed().toList());
		payloads.forEach((payload) -> this.router.emit("event", payload));
		return payloads;
	}

	@Test
	void whenSyncHandlerIsPausedThenItsEventsAreDroppedUntilItIsResumed() {
		subscribe(HandlerSpec.on("event").id("sync"));
		assertThat(this.router.pause("sync")).isTrue();
		emit(0, 3);
		assertThat(this.router.handlerSnapshot("sync").status()).isEqualTo(HandlerStatus.PAUSED);
		assertThat(this.router.resume("sync")).isTrue();
		List<Object> wanted = emit(3, 5);
		assertThat(this.handled).isEqualTo(wanted);
		assertThat(Books.dropped(Books.of(this.router, "sync"), DropReason.PAUSED)).isEqualTo(3);
		assertThat(this.router.handlerSnapshot("sync").status()).isEqualTo(HandlerStatus.ACTIVE);
		Books.balanced(this.router);
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3 })
	void whenLaneIsPausedThenItKeepsItsEventsAndHandlesThemAfterwards(int concurrency) {
		subscribe(lane().concurrency(concurrency));
		assertThat(this.router.pause("lane")).isTrue();
		List<Object> wanted = emit(0, 100);
		assertThat(Books.of(this.router, "lane").queued()).isEqualTo(100);
		assertThat(Books.of(this.router, "lane").isBalanced()).isTrue();
		assertThat(this.router.handlerSnapshot("lane").status()).isEqualTo(HandlerStatus.PAUSED);
		assertThat(this.router.flush(Duration.ofMillis(20))).isEqualTo(new FlushResult(false, Map.of("lane", 100L)));
		assertThat(this.handled).isEmpty();
		assertThat(this.router.resume("lane")).isTrue();
		Books.balanced(this.router);
		if (concurrency == 1) {
			assertThat(this.handled).isEqualTo(wanted);
		}
		assertThat(this.handled).containsExactlyInAnyOrderElementsOf(wanted);
	}

	@Test
	void whenLaneIsPausedDuringACallThenThatCallEndsAndNoOtherBegins() {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch go = new CountDownLatch(1);
		this.router.subscribe(lane().handler((event, payload) -> {
			begun.countDown();
			Books.pass(go);
			this.handled.add(payload);
		}).build());
		emit(0, 5);
		Books.pass(begun);
		this.router.pause("lane");
		go.countDown();
		Books.eventually(() -> Books.of(this.router, "lane").handled() == 1);
		this.router.flush(Duration.ofMillis(20));
		assertThat(this.handled).containsExactly(0);
		assertThat(Books.of(this.router, "lane").queued()).isEqualTo(4);
		this.router.resume("lane");
		Books.balanced(this.router);
		assertThat(this.handled).containsExactly(0, 1, 2, 3, 4);
	}

	@Test
	void whenPausedLaneIsFullThenItDropsTheNewest() {
		subscribe(lane().maxQueue(3));
		this.router.pause("lane");
		emit(0, 5);
		assertThat(Books.dropped(Books.of(this.router, "lane"), DropReason.QUEUE_FULL)).isEqualTo(2);
		this.router.resume("lane");
		Books.balanced(this.router);
		assertThat(this.handled).containsExactly(0, 1, 2);
	}

	@Test
	void whenPausedLaneIsFullThenItDropsTheOldestIfThatIsItsPolicy() {
		subscribe(lane().maxQueue(3).overflow(OverflowPolicy.DROP_OLDEST));
		this.router.pause("lane");
		emit(0, 100);
		assertThat(Books.dropped(Books.of(this.router, "lane"), DropReason.QUEUE_FULL)).isEqualTo(97);
		this.router.resume("lane");
		Books.balanced(this.router);
		assertThat(this.handled).containsExactly(97, 98, 99);
	}

	@Test
	void whenPausedLaneIsFullThenItDoesNotBlock() {
		this.router.close();
		this.router = TelemetryRouter.builder().blockTimeout(Duration.ofDays(1)).build();
		subscribe(lane().maxQueue(3).overflow(OverflowPolicy.BLOCK));
		this.router.pause("lane");
		emit(0, 5);
		this.router.resume("lane");
		Books.balanced(this.router);
		assertThat(this.handled).containsExactly(0, 1, 2);
	}

	@ParameterizedTest
	@EnumSource(OverflowPolicy.class)
	void whenPausedLaneIsUnsubscribedThenWhatItKeptIsDiscarded(OverflowPolicy overflow) {
		this.router.subscribe(new MemoryRecorder().sync());
		Subscription subscription = this.router
			.subscribe(lane().overflow(overflow).handler((event, payload) -> this.handled.add(payload)).build());
		this.router.pause("lane");
		emit(0, 5);
		subscription.close();
		assertThat(Books.dropped(Books.balanced(this.router).retired(), DropReason.UNSUBSCRIBED)).isEqualTo(5);
		assertThat(this.handled).isEmpty();
	}

	@Test
	void whenHandlerHasHadItsLastEventThenItCanStillBeResumed() {
		subscribe(lane().times(2));
		this.router.pause("lane");
		emit(0, 3);
		assertThat(this.router.handlerSnapshot("lane")).isNull();
		assertThat(this.router.resume("lane")).isTrue();
		Books.balanced(this.router);
		assertThat(this.handled).containsExactly(0, 1);
	}

	@Test
	void whenRouterClosesThenPausedLaneHandlesWhatItKept() {
		subscribe(lane());
		this.router.pause("lane");
		List<Object> wanted = emit(0, 50);
		this.router.close();
		assertThat(this.handled).isEqualTo(wanted);
		assertThat(this.router.pause("lane")).isFalse();
		assertThat(Books.total(this.router.snapshot()).isBalanced()).isTrue();
	}

	@Test
	void whenEmitIsFollowedThenItsOutcomeComesAfterThePause() throws Exception {
		subscribe(lane());
		this.router.pause("lane");
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("event", 1);
		assertThat(outcome).isNotDone();
		this.router.resume("lane");
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(1, 0, 0, 0));
	}

	@Test
	void whenNoSuchHandlerIsRegisteredThenOperationsSaySo() {
		assertThat(this.router.pause("nobody")).isFalse();
		assertThat(this.router.resume("nobody")).isFalse();
		assertThat(this.router.release("nobody")).isFalse();
		assertThat(this.router.resetMaxima("nobody")).isFalse();
		assertThat(this.router.flush("nobody", Duration.ZERO)).isNull();
	}

	@Test
	void whenOneHandlerIsFlushedThenOthersAreNotWaitedFor() {
		subscribe(lane());
		subscribe(HandlerSpec.on("event").id("other").async());
		subscribe(HandlerSpec.on("event").id("sync"));
		this.router.pause("other");
		emit(0, 10);
		assertThat(this.router.flush("lane", Books.LIMIT)).isEqualTo(new FlushResult(true, Map.of()));
		assertThat(this.router.flush("sync", Books.LIMIT)).isEqualTo(new FlushResult(true, Map.of()));
		assertThat(this.router.flush("other", Duration.ZERO)).isEqualTo(new FlushResult(false, Map.of("other", 10L)));
	}

	@Test
	void whenMaximaAreResetThenOnlyTheyAreForgotten() {
		ManualTime time = new ManualTime();
		this.router.close();
		this.router = time.router().build();
		this.router.subscribe(HandlerSpec.on("event")
			.id("sync")
			.handler((event, payload) -> time.advance((Duration) payload))
			.build());
		this.router.emit("event", Duration.ofSeconds(1));
		assertThat(this.router.resetMaxima("sync")).isTrue();
		LatencySnapshot latency = this.router.handlerSnapshot("sync").latency();
		assertThat(latency.maxNanos()).isZero();
		assertThat(latency.count()).isOne();
		assertThat(latency.totalNanos()).isEqualTo(1_000_000_000);
		assertThat(latency.p99Nanos()).isCloseTo(1_000_000_000L, withPercentage(6.25));
		assertThat(this.router.eventSnapshot("event").latency().maxNanos()).isEqualTo(1_000_000_000);
		this.router.resetMaxima();
		assertThat(this.router.eventSnapshot("event").latency().maxNanos()).isZero();
		this.router.emit("event", Duration.ofMillis(1));
		assertThat(this.router.handlerSnapshot("sync").latency().maxNanos()).isEqualTo(1_000_000);
	}

	/**
	 * Pauses and resumes while producers emit and workers go idle all the time: no event
	 * may be left behind without a worker, and of those not in hand none be handled
	 * during a pause.
	 */
	@RepeatedTest(10)
	@Tag("stress")
	void whenPausedAndResumedUnderLoadThenNothingIsLostOrOutOfOrder() throws Exception {
		int events = 20_000;
		AtomicInteger begun = new AtomicInteger();
		AtomicInteger wrong = new AtomicInteger();
		this.router.subscribe(lane().maxQueue(events).handler((event, payload) -> {
			if ((int) payload != begun.getAndIncrement()) {
				wrong.incrementAndGet();
			}
		}).build());
		CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> {
			for (int i = 0; i < events; i++) {
				this.router.emit("event", i);
				if (i % 16 == 0) {
					// Lets the worker run dry.
					Thread.yield();
				}
			}
		});
		int most = 0;
		while (!producer.isDone()) {
			this.router.pause("lane");
			int before = begun.get();
			for (int i = 0; i < 10; i++) {
				Thread.yield();
			}
			most = Math.max(most, begun.get() - before);
			this.router.resume("lane");
		}
		producer.get(30, TimeUnit.SECONDS);
		Books.balanced(this.router);
		assertThat(wrong).hasValue(0);
		assertThat(begun).hasValue(events);
		assertThat(most).isLessThanOrEqualTo(1);
	}

}
