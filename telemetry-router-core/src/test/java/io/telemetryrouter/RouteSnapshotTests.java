package io.telemetryrouter;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

/**
 * An emit sees the handlers registered when it began.
 */
class RouteSnapshotTests {

	private TelemetryRouter router = TelemetryRouter.builder().build();

	private final List<String> calls = new ArrayList<>();

	@AfterEach
	void close() {
		this.router.close();
	}

	@Test
	void whenSnapshotIsTakenThenHandlersAreInOrderOfRegistrationAndEventsByName() {
		List<String> ids = List.of("tools", "a", "model.latency", "b", "cost", "Audit", "aa", "z");
		for (String id : ids) {
			this.router.subscribe(HandlerSpec.on(id).id(id).handler((event, payload) -> {
			}).build());
		}
		assertThat(this.router.snapshot().handlers().keySet()).containsExactlyElementsOf(ids);
		assertThat(this.router.snapshot().events().keySet()).containsExactlyElementsOf(ids.stream().sorted().toList());
	}

	@Test
	void whenHandlerSubscribesAnotherThenOnlyTheNextEmitReachesIt() {
		AtomicBoolean subscribed = new AtomicBoolean();
		this.router.subscribe("x", (event, payload) -> {
			if (subscribed.compareAndSet(false, true)) {
				this.router.subscribe("x", (inner, value) -> this.calls.add("exact " + value));
				this.router.subscribeAll((inner, value) -> this.calls.add("all " + value));
			}
		});
		this.router.emit("x", 1);
		assertThat(this.calls).isEmpty();
		this.router.emit("x", 2);
		assertThat(this.calls).containsExactly("exact 2", "all 2");
	}

	@Test
	void whenHandlerSubscribesAsynchronousOneThenOnlyTheNextEmitReachesIt() {
		AtomicBoolean subscribed = new AtomicBoolean();
		this.router.subscribe("x", (event, payload) -> {
			if (subscribed.compareAndSet(false, true)) {
				this.router.subscribe(HandlerSpec.on("x").id("late").async().handler((inner, value) -> {
				}).build());
			}
		});
		this.router.emit("x", 1);
		assertThat(this.router.handlerSnapshot("late").account().offered()).isZero();
		this.router.emit("x", 2);
		assertThat(this.router.handlerSnapshot("late").account().offered()).isOne();
	}

	@Test
	void whenHandlerEmitsAfterSubscribingThenTheNestedEmitReachesTheNewHandler() {
		this.router.subscribe("x", (event, payload) -> {
			if ("outer".equals(payload)) {
				this.router.subscribe("x", (inner, value) -> this.calls.add((String) value));
				this.router.emit("x", "nested");
			}
		});
		this.router.emit("x", "outer");
		assertThat(this.calls).containsExactly("nested");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlerClosesLaterOneThenItIsNotReachedAndCountedUnsubscribed(boolean measured) {
		this.router = TelemetryRouter.builder().measureLatency(measured).build();
		AtomicReference<Subscription> later = new AtomicReference<>();
		this.router.subscribe("x", (event, payload) -> later.get().close());
		later.set(this.router.subscribe("x", (event, payload) -> this.calls.add("later")));
		this.router.emit("x", 1);
		assertThat(this.calls).isEmpty();
		HandlerAccount retired = this.router.snapshot().retired();
		assertThat(retired.offered()).isOne();
		assertThat(retired.dropped()).containsEntry(DropReason.UNSUBSCRIBED, 1L);
		assertThat(retired.isBalanced()).isTrue();
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenSnapshotIsTakenBeforeTheDropThenRetiredAccountStillBalances(boolean measured) {
		this.router = TelemetryRouter.builder().measureLatency(measured).build();
		AtomicReference<Subscription> later = new AtomicReference<>();
		this.router.subscribe("x", (event, payload) -> {
			later.get().close();
			// Closes the books of handlers that have left and are done.
			this.router.snapshot();
		});
		later.set(this.router.subscribe("x", (event, payload) -> this.calls.add("later")));
		this.router.emit("x", 1);
		HandlerAccount retired = this.router.snapshot().retired();
		assertThat(retired.handled()).isZero();
		assertThat(retired.dropped()).containsEntry(DropReason.UNSUBSCRIBED, 1L);
		assertThat(retired.isBalanced()).isTrue();
	}

	@Test
	void whenHandlerClosesEarlierOneThenThatHasRun() {
		AtomicReference<Subscription> earlier = new AtomicReference<>();
		earlier.set(this.router.subscribe("x", (event, payload) -> this.calls.add("earlier " + payload)));
		this.router.subscribe("x", (event, payload) -> earlier.get().close());
		this.router.emit("x", 1);
		this.router.emit("x", 2);
		assertThat(this.calls).containsExactly("earlier 1");
	}

	@ParameterizedTest
	@ValueSource(booleans = { true, false })
	void whenHandlersComeAndGoWhileThreadsEmitThenEveryEventIsAccountedFor(boolean measured) throws Exception {
		this.router = TelemetryRouter.builder().measureLatency(measured).build();
		int emitters = 2;
		int rounds = 1000;
		LongAdder steadyCalls = new LongAdder();
		LongAdder passingCalls = new LongAdder();
		this.router
			.subscribe(HandlerSpec.on("x").id("steady").handler((event, payload) -> steadyCalls.increment()).build());
		this.router.subscribe(HandlerSpec.on("x")
			.id("lane")
			.async()
			.maxQueue(16)
			.handler((event, payload) -> steadyCalls.increment())
			.build());
		AtomicBoolean emitting = new AtomicBoolean(true);
		LongAdder emitted = new LongAdder();
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < emitters; i++) {
			threads.add(new Thread(() -> {
				while (emitting.get()) {
					this.router.emit("x", "payload");
					emitted.increment();
				}
			}));
		}
		threads.forEach(Thread::start);
		PayloadHandler<Object> passing = (event, payload) -> passingCalls.increment();
		for (int i = 0; i < rounds; i++) {
			Subscription sync = this.router.subscribe((i % 2 != 0) ? "x" : "*", passing);
			Subscription once = this.router.subscribeOnce("**", passing);
			Subscription async = this.router
				.subscribe(HandlerSpec.on("x").async().maxQueue(8).handler(passing).build());
			sync.close();
			once.close();
			async.close();
			if (i % 100 == 0) {
				this.router.snapshot();
			}
		}
		emitting.set(false);
		for (Thread thread : threads) {
			thread.join();
		}
		await().atMost(30, TimeUnit.SECONDS).until(() -> {
			RouterSnapshot snapshot = this.router.snapshot();
			return snapshot.retired().isBalanced() && snapshot.retired().running() == 0
					&& snapshot.handlers().get("lane").account().queued() == 0
					&& snapshot.handlers().get("lane").account().isBalanced();
		});
		RouterSnapshot snapshot = this.router.snapshot();
		assertThat(snapshot.events().get("x").emitted()).isEqualTo(emitted.sum());
		HandlerAccount steady = snapshot.handlers().get("steady").account();
		HandlerAccount lane = snapshot.handlers().get("lane").account();
		assertThat(steady.offered()).isEqualTo(emitted.sum()).isEqualTo(steady.handled());
		assertThat(lane.offered()).isEqualTo(emitted.sum());
		assertThat(lane.handled() + lane.dropped().get(DropReason.QUEUE_FULL)).isEqualTo(emitted.sum());
		assertThat(steadyCalls.sum()).isEqualTo(steady.handled() + lane.handled());
		assertThat(snapshot.retired().handled()).isEqualTo(passingCalls.sum());
		assertThat(snapshot.handlers()).containsOnlyKeys("steady", "lane");
	}

	@Test
	void whenCloseReturnedThenNoEmitBegunLaterReachesTheHandler() throws Exception {
		AtomicBoolean emitting = new AtomicBoolean(true);
		Thread emitter = new Thread(() -> {
			while (emitting.get()) {
				this.router.emit("x", System.nanoTime());
			}
		});
		emitter.start();
		for (int i = 0; i < 200; i++) {
			CountDownLatch first = new CountDownLatch(1);
			List<Long> late = new ArrayList<>();
			AtomicReference<Long> closedAt = new AtomicReference<>();
			Subscription subscription = this.router.subscribe("x", (event, payload) -> {
				first.countDown();
				Long end = closedAt.get();
				if (end != null && (long) payload - end > 0) {
					late.add((long) payload);
				}
			});
			assertThat(first.await(30, TimeUnit.SECONDS)).isTrue();
			subscription.close();
			closedAt.set(System.nanoTime());
			assertThat(late).isEmpty();
		}
		emitting.set(false);
		emitter.join();
	}

}
