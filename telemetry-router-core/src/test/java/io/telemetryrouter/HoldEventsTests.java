package io.telemetryrouter;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class HoldEventsTests {

	private static final Duration LONG = Duration.ofSeconds(60);

	private final ManualTime time = new ManualTime();

	private TelemetryRouter router = this.time.router().holdEvents(100).build();

	private final List<Object> received = new CopyOnWriteArrayList<>();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenHeldThenEventsReachHandlersThatComeLaterInOrder() {
		for (int i = 0; i < 10; i++) {
			this.router.emit("x" + i % 2, i);
		}
		this.router.subscribe("*", (event, payload) -> this.received.add(payload));
		assertThat(this.received).isEmpty();
		assertThat(this.router.snapshot().held()).isEqualTo(10);
		this.router.start();
		assertThat(this.received).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
		assertThat(this.router.snapshot().held()).isZero();
		assertThat(this.router.eventSnapshot("x0").emitted()).isEqualTo(5);
	}

	@Test
	void whenStartedThenEventsAreRoutedDirectly() {
		this.router.subscribe("x", (event, payload) -> this.received.add(payload));
		this.router.start();
		this.router.start();
		this.router.emit("x", 1);
		assertThat(this.received).containsExactly(1);
		assertThat(this.router.snapshot().held()).isZero();
	}

	@Test
	void whenNothingIsToBeHeldThenStartDoesNothing() {
		this.router = TelemetryRouter.builder().build();
		this.router.subscribe("x", (event, payload) -> this.received.add(payload));
		this.router.emit("x", 1);
		this.router.start();
		assertThat(this.received).containsExactly(1);
	}

	@Test
	void whenHandlerNamesTheEventThenItIsHeldAllTheSame() {
		this.router.subscribe("x", (event, payload) -> this.received.add(payload));
		this.router.emit("x", 1);
		this.router.hasHandlers("x");
		this.router.snapshot();
		this.router.eventSnapshot("x");
		this.router.emit("x", 2);
		assertThat(this.received).isEmpty();
		assertThat(this.router.snapshot().held()).isEqualTo(2);
	}

	@Test
	void whenHeldThenAnyEventMayHaveHandlers() {
		assertThat(this.router.hasHandlers("x")).isTrue();
		this.router.start();
		assertThat(this.router.hasHandlers("x")).isFalse();
	}

	@Test
	void whenHeldThenTimestampAndOrderAreThoseOfTheEmit() {
		List<TelemetryEvent<Object>> events = new ArrayList<>();
		this.router.emit("x", 1);
		Instant emitted = this.time.instant();
		this.time.advance(Duration.ofSeconds(10));
		this.router.emit("x", 2);
		this.router.subscribe(HandlerSpec.on("x").eventHandler(events::add).build());
		this.router.start();
		assertThat(events).extracting(TelemetryEvent::timestamp).containsExactly(emitted, emitted.plusSeconds(10));
		assertThat(events).extracting(TelemetryEvent::sequence).isSorted();
	}

	@Test
	void whenAHeldEventOfARunIsDeliveredThenItsHandlerIsInsideTheRun() {
		List<TelemetryEvent<Object>> events = new ArrayList<>();
		this.router.forRun("run").emit("x", 1);
		this.router.emit("x", 2);
		this.router.subscribe("x", (event, payload) -> this.router.emit("caused", payload));
		this.router.subscribe(HandlerSpec.on("caused").eventHandler(events::add).build());
		this.router.start();
		assertThat(events).extracting(TelemetryEvent::runId).containsExactly("run", null);
	}

	@Test
	void whenMoreIsEmittedThanHeldThenTheRestIsCountedNotStartedAtEachHandler() {
		this.router = this.time.router().holdEvents(3).build();
		for (int i = 0; i < 5; i++) {
			this.router.emit("x", i);
		}
		this.router.emit("y", 5);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("y", 6);
		this.router
			.subscribe(HandlerSpec.on("x").id("x").handler((event, payload) -> this.received.add(payload)).build());
		this.router.subscribe(HandlerSpec.on("**").id("all").async().handler((event, payload) -> {
		}).build());
		this.router.start();
		assertThat(this.received).containsExactly(0, 1, 2);
		HandlerAccount x = this.router.handlerSnapshot("x").account();
		assertThat(x.offered()).isEqualTo(5);
		assertThat(x.dropped()).containsEntry(DropReason.NOT_STARTED, 2L);
		assertThat(x.isBalanced()).isTrue();
		assertThat(this.router.flush(LONG).complete()).isTrue();
		HandlerAccount all = this.router.handlerSnapshot("all").account();
		assertThat(all.offered()).isEqualTo(7);
		assertThat(all.dropped()).containsEntry(DropReason.NOT_STARTED, 4L);
		assertThat(all.isBalanced()).isTrue();
		assertThat(this.router.eventSnapshot("x").emitted()).isEqualTo(5);
		assertThat(this.router.eventSnapshot("y").emitted()).isEqualTo(2);
		assertThat(outcome).isCompletedWithValue(new EmitOutcome(0, 0, 0, 1));
	}

	@Test
	void whenManyNamesOverflowThenTheyAreCountedTogetherBeyondTheLimitOfNames() {
		this.router = this.time.router().holdEvents(1).maxEventNames(2).build();
		for (int i = 0; i < 1000; i++) {
			this.router.emit("made." + i, i);
		}
		this.router.subscribe(HandlerSpec.on("**").id("all").handler((event, payload) -> {
		}).build());
		this.router.start();
		HandlerAccount account = this.router.handlerSnapshot("all").account();
		assertThat(account.handled()).isOne();
		assertThat(account.dropped()).containsEntry(DropReason.NOT_STARTED, 999L);
		assertThat(account.isBalanced()).isTrue();
		Map<String, EventSnapshot> events = this.router.snapshot().events();
		assertThat(events).hasSizeLessThanOrEqualTo(3);
		assertThat(events.values().stream().mapToLong(EventSnapshot::emitted).sum()).isEqualTo(1000);
	}

	@Test
	void whenEmitAsyncIsHeldThenItCompletesAfterDelivery() throws Exception {
		CountDownLatch release = new CountDownLatch(1);
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("x", 1);
		this.router.subscribe("x", (event, payload) -> this.received.add(payload));
		this.router.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> release.await()).build());
		assertThat(outcome).isNotDone();
		this.router.start();
		assertThat(this.received).containsExactly(1);
		assertThat(outcome).isNotDone();
		release.countDown();
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(2, 0, 0, 0));
	}

	@Test
	void whenEmitAsyncIsHeldAndNobodyListensThenItCompletesEmpty() throws Exception {
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("x", 1);
		assertThat(outcome).isNotDone();
		this.router.start();
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 0));
	}

	@Test
	void whenClosedWhileHeldThenHeldEventsAreCountedClosed() throws Exception {
		CompletableFuture<EmitOutcome> outcome = this.router.emitAsync("x", 1);
		this.router.emit("x", 2);
		this.router
			.subscribe(HandlerSpec.on("x").id("x").handler((event, payload) -> this.received.add(payload)).build());
		this.router.close();
		assertThat(this.received).isEmpty();
		HandlerAccount account = this.router.handlerSnapshot("x").account();
		assertThat(account.offered()).isEqualTo(2);
		assertThat(account.dropped()).containsEntry(DropReason.CLOSED, 2L);
		assertThat(this.router.snapshot().held()).isZero();
		assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(new EmitOutcome(0, 0, 0, 1));
		this.router.start();
		this.router.emit("x", 3);
		assertThat(this.received).isEmpty();
		assertThat(this.router.handlerSnapshot("x").account().dropped()).containsEntry(DropReason.CLOSED, 3L);
	}

	@Test
	void whenFlushedWhileHeldThenItIsNotComplete() {
		this.router.emit("x", 1);
		assertThat(this.router.flush(Duration.ofMillis(1)).complete()).isFalse();
		assertThat(this.router.flush(Duration.ZERO).complete()).isFalse();
		this.router.start();
		assertThat(this.router.flush(LONG).complete()).isTrue();
	}

	@Test
	void whenFlushWaitsForTheStartThenItSeesHeldEventsProcessed() throws Exception {
		this.router.emit("x", 1);
		this.router
			.subscribe(HandlerSpec.on("x").async().handler((event, payload) -> this.received.add(payload)).build());
		CompletableFuture<FlushResult> flush = CompletableFuture.supplyAsync(() -> this.router.flush(LONG));
		this.router.start();
		assertThat(flush.get(30, TimeUnit.SECONDS).complete()).isTrue();
		assertThat(this.received).containsExactly(1);
	}

}
