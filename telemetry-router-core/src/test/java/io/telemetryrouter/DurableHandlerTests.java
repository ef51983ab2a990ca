package io.telemetryrouter;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * Tests for {@link HandlerSpec.Builder#durable}: a router handles the events that an
 * earlier router with the same recording has not handled.
 */
class DurableHandlerTests {

	@RegisterExtension
	final DurableRouters routers = new DurableRouters();

	@Test
	void whenHandlerSubscribesForTheFirstTimeThenItBeginsWithNewEvents() {
		TelemetryRouter router = this.routers.router(Books.LIMIT);
		DurableRouters.emit(router, 0, 5);
		router.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(router, 5, 10);
		assertThat(this.routers.account(router).offered()).isEqualTo(5);
		assertThat(this.routers.seen).isEqualTo(DurableRouters.numbers(5, 10));
	}

	@Test
	void whenRouterClosesInTimeThenTheNextOneRepeatsNothingAndGetsWhatCameMeanwhile() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(first, 0, 50);
		first.close();
		TelemetryRouter meanwhile = this.routers.router(Books.LIMIT);
		DurableRouters.emit(meanwhile, 50, 60);
		TelemetryRouter second = this.routers.router(Books.LIMIT);
		second.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(second, 60, 100);
		HandlerAccount account = this.routers.account(second);
		assertThat(account.offered()).isEqualTo(50);
		assertThat(account.handled()).isEqualTo(50);
		assertThat(this.routers.seen).isEqualTo(DurableRouters.numbers(0, 100));
	}

	@Test
	void whenRouterClosesWithoutTimeThenTheNextOneGoesOnWithWhatWasNotHandled() {
		TelemetryRouter first = this.routers.router(Duration.ofMillis(1));
		this.routers.open = new CountDownLatch(1);
		first.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(first, 0, 50);
		first.close();
		assertThat(this.routers.seen).isEmpty();
		this.routers.open.countDown();
		Books.eventually(() -> Thread.getAllStackTraces()
			.keySet()
			.stream()
			.noneMatch((thread) -> thread.getName().equals("telemetry-router-durable")));
		this.routers.seen.clear();
		TelemetryRouter second = this.routers.router(Books.LIMIT);
		second.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(second, 50, 60);
		assertThat(this.routers.account(second).handled()).isEqualTo(60);
		assertThat(this.routers.seen).isEqualTo(DurableRouters.numbers(0, 60));
	}

	@Test
	void whenHandlerIsIdleThenItsCursorMovesToTheEnd() {
		TelemetryRouter router = this.routers.router(Books.LIMIT);
		router.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(router, 0, 20);
		long last = this.routers.recorder.latest();
		Books.eventually(() -> this.routers.recorder.cursors.get("durable") == last);
		assertThat(this.routers.seen).hasSize(20);
	}

	@Test
	void whenHandlerHasNotHandledAnEventThenItsCursorIsBeforeIt() {
		TelemetryRouter router = this.routers.router(Books.LIMIT);
		router.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(router, 0, 1);
		Books.balanced(router);
		long handled = this.routers.recorder.latest();
		Books.eventually(() -> this.routers.recorder.cursors.get("durable") == handled);
		this.routers.open = new CountDownLatch(1);
		DurableRouters.emit(router, 1, 50);
		CountDownLatch looks = new CountDownLatch(1);
		router.subscribe(this.routers.durable("b").id("other").build());
		router.emit("c", 1);
		long later = handled + 99;
		// When the cursor of the other one has moved, this one was looked at, too.
		Books.eventually(() -> this.routers.recorder.cursors.get("other") >= later);
		looks.countDown();
		assertThat(this.routers.recorder.cursors).containsEntry("durable", handled);
	}

	@Test
	void whenEventIsRecordedButNotQueuedYetThenTheCursorStaysBeforeIt() {
		TelemetryRouter router = this.routers.router(Books.LIMIT);
		CountDownLatch recorded = new CountDownLatch(1);
		CountDownLatch goOn = new CountDownLatch(1);
		router.subscribe(HandlerSpec.on("a").async().condition((event) -> {
			recorded.countDown();
			Books.pass(goOn);
			return true;
		}).handler((event, payload) -> {
		}).build());
		router.subscribe(this.routers.durable("a").build());
		CompletableFuture<Void> emit = CompletableFuture.runAsync(() -> router.emit("a", 0));
		Books.pass(recorded);
		int looks = this.routers.recorder.looks.get();
		// The watchdog has made three checks when it begins the fourth.
		Books.eventually(() -> this.routers.recorder.looks.get() >= looks + 4);
		assertThat(this.routers.recorder.cursors).containsEntry("durable", 0L);
		goOn.countDown();
		assertThat(emit).succeedsWithin(Books.LIMIT);
		Books.eventually(() -> this.routers.recorder.cursors.get("durable") == this.routers.recorder.latest());
		assertThat(this.routers.seen).isEqualTo(DurableRouters.numbers(0, 1));
	}

	@Test
	void whenThereIsABacklogThenFlushAwaitsItAndConditionsHold() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(first, 0, 100);
		first.close();
		TelemetryRouter second = this.routers.router(Books.LIMIT);
		this.routers.open = new CountDownLatch(1);
		second.subscribe(this.routers.durable("a").condition((event) -> (Integer) event.payload() % 2 == 0).build());
		DurableRouters.emit(second, 100, 110);
		FlushResult result = second.flush(Duration.ZERO);
		assertThat(result.complete()).isFalse();
		assertThat(result.pendingByHandler().get("durable")).isPositive();
		this.routers.open.countDown();
		HandlerAccount account = this.routers.account(second);
		assertThat(account.offered()).isEqualTo(110);
		assertThat(account.filtered()).isEqualTo(55);
		assertThat(this.routers.seen)
			.isEqualTo(IntStream.range(0, 55).<Object>mapToObj((number) -> 2 * number).toList());
	}

	@Test
	void whenRouterHoldsEventsThenTheBacklogComesBeforeThem() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(first, 0, 10);
		first.close();
		TelemetryRouter second = this.routers.build(TelemetryRouter.builder().holdEvents(100));
		second.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(second, 10, 20);
		second.subscribe(this.routers.recorder.sync());
		second.start();
		assertThat(this.routers.account(second).handled()).isEqualTo(20);
		assertThat(this.routers.seen).isEqualTo(DurableRouters.numbers(0, 20));
	}

	@Test
	void whenHandlerLeavesWithinItsBacklogThenTheNextOneGoesOn() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(first, 0, 10);
		CountDownLatch third = new CountDownLatch(3);
		CountDownLatch left = new CountDownLatch(1);
		Subscription subscription = first.subscribe(this.routers.durable("a").handler((event, payload) -> {
			third.countDown();
			if (third.getCount() == 0) {
				Books.pass(left);
			}
			this.routers.seen.add(payload);
		}).build());
		Books.pass(third);
		subscription.close();
		left.countDown();
		Books.balanced(first);
		assertThat(this.routers.seen).isEqualTo(DurableRouters.numbers(0, 3));
		first.subscribe(this.routers.durable("a").build());
		Books.balanced(first);
		// The one that it had in hand comes again.
		assertThat(this.routers.seen.subList(3, this.routers.seen.size())).isEqualTo(DurableRouters.numbers(2, 10));
	}

	@Test
	void whenABacklogCannotBeReadToItsEndThenTheHandlerGoesOnWithNewEventsAndTheNextOneGetsTheRest() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(first, 0, 10);
		AtomicInteger reads = new AtomicInteger();
		this.routers.recorder.reading = (number) -> {
			if (reads.incrementAndGet() > 6) {
				throw new IllegalStateException("disk");
			}
		};
		Subscription failing = first.subscribe(this.routers.durable("a").build());
		Books.balanced(first);
		DurableRouters.emit(first, 10, 11);
		Books.balanced(first);
		assertThat(this.routers.seen).containsExactly(0, 1, 2, 10);
		failing.close();
		this.routers.recorder.reading = (number) -> {
		};
		first.subscribe(this.routers.durable("a").build());
		assertThat(first.flush(Books.LIMIT).complete()).isTrue();
		assertThat(this.routers.seen).endsWith(3, 4, 5, 6, 7, 8, 9, 10);
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenTheRecordingCannotBeOpenedThenTheHandlerIsNotRegistered(boolean error) {
		TelemetryRouter router = this.routers.router(Books.LIMIT);
		this.routers.recorder.opening = (number) -> {
			if (error) {
				throw new NoClassDefFoundError("codec");
			}
			throw new IOException("disk");
		};
		assertThatThrownBy(() -> router.subscribe(this.routers.durable("a").build()))
			.isInstanceOf(error ? NoClassDefFoundError.class : IllegalStateException.class)
			.hasMessageContaining(error ? "codec" : "'durable'");
		assertThat(router.snapshot().handlers()).containsOnlyKeys("recorder");
		this.routers.recorder.opening = (number) -> {
		};
		router.subscribe(this.routers.durable("a").build());
		DurableRouters.emit(router, 0, 5);
		assertThat(this.routers.account(router).handled()).isEqualTo(5);
	}

	@Test
	void whenRouterClosesBeforeItsStartThenItDoesNotWaitForTheBacklog() {
		TelemetryRouter router = this.routers
			.recorded(TelemetryRouter.builder().holdEvents(10).shutdownTimeout(Duration.ofDays(1)));
		router.subscribe(this.routers.durable("a").build());
		router.emit("a", 1);
		assertThat(CompletableFuture.runAsync(router::close)).succeedsWithin(Books.LIMIT);
		assertThat(this.routers.seen).isEmpty();
	}

	@Test
	void whenAnEventOfABacklogIsOfAnotherTypeThenItIsCountedAndTheNextOneHandled() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		first.emit("a", "text");
		first.emit("a", 1);
		first.close();
		TelemetryRouter second = this.routers.router(Books.LIMIT);
		second.subscribe(HandlerSpec.on("a")
			.id("durable")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.durable(true)
			.payloadType(Integer.class)
			.handler((event, payload) -> this.routers.seen.add(payload))
			.build());
		assertThat(this.routers.account(second)).returns(2L, HandlerAccount::offered)
			.returns(1L, HandlerAccount::handled)
			.returns(1L, (account) -> Books.dropped(account, DropReason.TYPE_MISMATCH));
		assertThat(this.routers.seen).containsExactly(1);
	}

	@Test
	void whenABacklogIsHandledThenLaterEventsOfItsThreadAreNotCausedByIt() {
		TelemetryRouter first = this.routers.router(Books.LIMIT);
		first.subscribe(this.routers.durable("a").build()).close();
		DurableRouters.emit(first, 0, 10);
		first.close();
		ExecutorService thread = Executors.newSingleThreadExecutor();
		TelemetryRouter second = this.routers.recorded(TelemetryRouter.builder().laneExecutor(thread));
		second.subscribe(this.routers.durable("a").build());
		assertThat(this.routers.account(second).handled()).isEqualTo(10);
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
		assertThatIllegalStateException().isThrownBy(() -> this.routers.durable("a").times(3).build())
			.withMessageContaining("leave run and times out");
		assertThat(this.routers.durable("a").build().mutate().build().durable()).isTrue();
		assertThat(HandlerSpec.on("a")
			.id("narrowed")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.durable(true)
			.payloadType(String.class)
			.handler((event, payload) -> this.routers.seen.add(payload))
			.build()
			.durable()).isTrue();
	}

}
