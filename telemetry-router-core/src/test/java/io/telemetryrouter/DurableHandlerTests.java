package io.telemetryrouter;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tests for {@link HandlerSpec.Builder#durable}: a router handles the events that an
 * earlier router with the same recording has not handled.
 */
class DurableHandlerTests {

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
			// The watchdog moves cursors. This makes it check more often.
			.stuckThreshold(Duration.ofMillis(100))
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
	void whenHandlerSubscribesForTheFirstTimeThenItBeginsWithNewEvents() {
		TelemetryRouter router = router(Books.LIMIT);
		emit(router, 0, 5);
		router.subscribe(durable("a").build());
		emit(router, 5, 10);
		assertThat(account(router).offered()).isEqualTo(5);
		assertThat(this.seen).isEqualTo(numbers(5, 10));
	}

	@Test
	void whenRouterClosesInTimeThenTheNextOneRepeatsNothingAndGetsWhatCameMeanwhile() {
		TelemetryRouter first = router(Books.LIMIT);
		first.subscribe(durable("a").build());
		emit(first, 0, 50);
		first.close();
		TelemetryRouter meanwhile = router(Books.LIMIT);
		emit(meanwhile, 50, 60);
		TelemetryRouter second = router(Books.LIMIT);
		second.subscribe(durable("a").build());
		emit(second, 60, 100);
		HandlerAccount account = account(second);
		assertThat(account.offered()).isEqualTo(50);
		assertThat(account.handled()).isEqualTo(50);
		assertThat(this.seen).isEqualTo(numbers(0, 100));
	}

	@Test
	void whenRouterClosesWithoutTimeThenTheNextOneGoesOnWithWhatWasNotHandled() {
		TelemetryRouter first = router(Duration.ofMillis(1));
		this.open = new CountDownLatch(1);
		first.subscribe(durable("a").build());
		emit(first, 0, 50);
		first.close();
		assertThat(this.seen).isEmpty();
		this.open.countDown();
		Books.eventually(() -> Thread.getAllStackTraces()
			.keySet()
			.stream()
			.noneMatch((thread) -> thread.getName().equals("telemetry-router-durable")));
		this.seen.clear();
		TelemetryRouter second = router(Books.LIMIT);
		second.subscribe(durable("a").build());
		emit(second, 50, 60);
		assertThat(account(second).handled()).isEqualTo(60);
		assertThat(this.seen).isEqualTo(numbers(0, 60));
	}

	@Test
	void whenHandlerIsIdleThenItsCursorMovesToTheEnd() {
		TelemetryRouter router = router(Books.LIMIT);
		router.subscribe(durable("a").build());
		emit(router, 0, 20);
		long last = this.recorder.latest();
		Books.eventually(() -> this.recorder.cursors.get("durable") == last);
		assertThat(this.seen).hasSize(20);
	}

	@Test
	void whenHandlerHasNotHandledAnEventThenItsCursorIsBeforeIt() {
		TelemetryRouter router = router(Books.LIMIT);
		router.subscribe(durable("a").build());
		emit(router, 0, 1);
		Books.balanced(router);
		long handled = this.recorder.latest();
		Books.eventually(() -> this.recorder.cursors.get("durable") == handled);
		this.open = new CountDownLatch(1);
		emit(router, 1, 50);
		CountDownLatch looks = new CountDownLatch(1);
		router.subscribe(durable("b").id("other").build());
		router.emit("c", 1);
		long later = handled + 99;
		// When the cursor of the other one has moved, this one was looked at, too.
		Books.eventually(() -> this.recorder.cursors.get("other") >= later);
		looks.countDown();
		assertThat(this.recorder.cursors).containsEntry("durable", handled);
	}

	@Test
	void whenEventIsRecordedButNotQueuedYetThenTheCursorStaysBeforeIt() {
		TelemetryRouter router = router(Books.LIMIT);
		CountDownLatch recorded = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		router.subscribe(HandlerSpec.on("a").async().condition((event) -> {
			recorded.countDown();
			Books.pass(goOn);
			return true;
		}).handler((event, payload) -> {
		}).build());
		router.subscribe(durable("a").build());
		CompletableFuture<Void> emit = CompletableFuture.runAsync(() -> router.emit("a", 0));
		Books.pass(recorded);
		int looks = this.recorder.looks.get();
		// The watchdog has made three checks when it begins the fourth.
		Books.eventually(() -> this.recorder.looks.get() >= looks + 4);
		assertThat(this.recorder.cursors).containsEntry("durable", 0L);
		goOn.countDown();
		assertThat(emit).succeedsWithin(Books.LIMIT);
		Books.eventually(() -> this.recorder.cursors.get("durable") == this.recorder.latest());
		assertThat(this.seen).isEqualTo(numbers(0, 1));
	}

	@Test
	void whenThereIsABacklogThenFlushAwaitsItAndConditionsHold() {
		TelemetryRouter first = router(Books.LIMIT);
		first.subscribe(durable("a").build()).close();
		emit(first, 0, 100);
		first.close();
		TelemetryRouter second = router(Books.LIMIT);
		this.open = new CountDownLatch(1);
		second.subscribe(durable("a").condition((event) -> (Integer) event.payload() % 2 == 0).build());
		emit(second, 100, 110);
		FlushResult result = second.flush(Duration.ZERO);
		assertThat(result.complete()).isFalse();
		assertThat(result.pendingByHandler().get("durable")).isPositive();
		this.open.countDown();
		HandlerAccount account = account(second);
		assertThat(account.offered()).isEqualTo(110);
		assertThat(account.filtered()).isEqualTo(55);
		assertThat(this.seen).isEqualTo(IntStream.range(0, 55).<Object>mapToObj((number) -> 2 * number).toList());
	}

	@Test
	void whenRouterHoldsEventsThenTheBacklogComesBeforeThem() {
		TelemetryRouter first = router(Books.LIMIT);
		first.subscribe(durable("a").build()).close();
		emit(first, 0, 10);
		first.close();
		TelemetryRouter second = TelemetryRouter.builder().logger(new Silence()).holdEvents(100).build();
		this.routers.add(second);
		second.subscribe(durable("a").build());
		emit(second, 10, 20);
		second.subscribe(this.recorder.sync());
		second.start();
		assertThat(account(second).handled()).isEqualTo(20);
		assertThat(this.seen).isEqualTo(numbers(0, 20));
	}

	@Test
	void whenHandlerLeavesWithinItsBacklogThenTheNextOneGoesOn() {
		TelemetryRouter first = router(Books.LIMIT);
		first.subscribe(durable("a").build()).close();
		emit(first, 0, 10);
		CountDownLatch third = new CountDownLatch(3);
		CountDownLatch left = new CountDownLatch(1);
		Subscription subscription = first.subscribe(durable("a").handler((event, payload) -> {
			third.countDown();
			if (third.getCount() == 0) {
				Books.pass(left);
			}
			this.seen.add(payload);
		}).build());
		Books.pass(third);
		subscription.close();
		left.countDown();
		Books.balanced(first);
		assertThat(this.seen).isEqualTo(numbers(0, 3));
		first.subscribe(durable("a").build());
		Books.balanced(first);
		// The one that it had in hand comes again.
		assertThat(this.seen.subList(3, this.seen.size())).isEqualTo(numbers(2, 10));
	}

	@Test
	void whenABacklogCannotBeReadToItsEndThenTheHandlerGoesOnWithNewEvents() {
		TelemetryRouter first = router(Books.LIMIT);
		first.subscribe(durable("a").build()).close();
		emit(first, 0, 10);
		this.recorder.reading = (number) -> {
			throw new IllegalStateException("disk");
		};
		first.subscribe(durable("a").build());
		Books.balanced(first);
		emit(first, 10, 11);
		Books.balanced(first);
		assertThat(this.seen).isEqualTo(numbers(10, 11));
	}

	@Test
	void whenTheRecordingCannotBeOpenedThenTheHandlerIsNotRegistered() {
		TelemetryRouter router = router(Books.LIMIT);
		this.recorder.opening = (number) -> {
			throw new IOException("disk");
		};
		assertThatIllegalStateException().isThrownBy(() -> router.subscribe(durable("a").build()))
			.withMessageContaining("'durable'");
		assertThat(router.snapshot().handlers()).containsOnlyKeys("recorder");
		this.recorder.opening = (number) -> {
		};
		router.subscribe(durable("a").build());
		emit(router, 0, 5);
		assertThat(account(router).handled()).isEqualTo(5);
	}

	@Test
	void whenRouterClosesBeforeItsStartThenItDoesNotWaitForTheBacklog() {
		TelemetryRouter router = TelemetryRouter.builder()
			.logger(new Silence())
			.holdEvents(10)
			.shutdownTimeout(Duration.ofDays(1))
			.build();
		router.subscribe(this.recorder.sync());
		router.subscribe(durable("a").build());
		router.emit("a", 1);
		assertThat(CompletableFuture.runAsync(router::close)).succeedsWithin(Books.LIMIT);
		assertThat(this.seen).isEmpty();
	}

	@Test
	void whenAnEventOfABacklogIsOfAnotherTypeThenItIsCountedAndTheNextOneHandled() {
		TelemetryRouter first = router(Books.LIMIT);
		first.subscribe(durable("a").build()).close();
		first.emit("a", "text");
		first.emit("a", 1);
		first.close();
		TelemetryRouter second = router(Books.LIMIT);
		second.subscribe(HandlerSpec.on("a")
			.id("durable")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.durable(true)
			.payloadType(Integer.class)
			.handler((event, payload) -> this.seen.add(payload))
			.build());
		assertThat(account(second)).returns(2L, HandlerAccount::offered)
			.returns(1L, HandlerAccount::handled)
			.returns(1L, (account) -> Books.dropped(account, DropReason.TYPE_MISMATCH));
		assertThat(this.seen).containsExactly(1);
	}

	@Test
	void whenABacklogIsHandledThenLaterEventsOfItsThreadAreNotCausedByIt() {
		TelemetryRouter first = router(Books.LIMIT);
		first.subscribe(durable("a").build()).close();
		emit(first, 0, 10);
		first.close();
		ExecutorService thread = Executors.newSingleThreadExecutor();
		TelemetryRouter second = TelemetryRouter.builder().logger(new Silence()).laneExecutor(thread).build();
		this.routers.add(second);
		second.subscribe(this.recorder.sync());
		second.subscribe(durable("a").build());
		assertThat(account(second).handled()).isEqualTo(10);
		List<TelemetryEvent<?>> later = new ArrayList<>();
		second.subscribe(HandlerSpec.on("later").eventHandler(later::add).build());
		assertThat(CompletableFuture.runAsync(() -> second.emit("later", 1), thread)).succeedsWithin(Books.LIMIT);
		thread.shutdown();
		assertThat(later).singleElement().extracting(TelemetryEvent::causationId).isNull();
	}

	@Test
	void whenDurableMakesNoSenseThenTheSpecificationIsRefused() {
		assertThatIllegalStateException()
			.isThrownBy(() -> HandlerSpec.on("a").async().durable(true).handler((event, payload) -> {
			}).build())
			.withMessageContaining("'durable'");
		assertThatIllegalStateException().isThrownBy(() -> durable("a").times(3).build())
			.withMessageContaining("leave run and times out");
		assertThat(durable("a").build().mutate().build().durable()).isTrue();
		assertThat(HandlerSpec.on("a")
			.id("narrowed")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.durable(true)
			.payloadType(String.class)
			.handler((event, payload) -> this.seen.add(payload))
			.build()
			.durable()).isTrue();
	}

}
