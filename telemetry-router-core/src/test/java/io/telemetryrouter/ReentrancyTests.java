package io.telemetryrouter;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 8, first half: calls that a handler may make, and no lock is held while user code
 * runs.
 */
@Timeout(60)
class ReentrancyTests {

	private final CapturedLog log = new CapturedLog();

	private TelemetryRouter router = TelemetryRouter.builder().build();

	@AfterEach
	void close() {
		this.router.close();
		this.log.close();
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerSubscribesThenTheNewHandlerGetsTheNextEvent(HandlerMode mode) {
		List<Object> received = new ArrayList<>();
		AtomicInteger count = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event").mode(mode).handler((name, payload) -> {
			if (count.incrementAndGet() == 1) {
				this.router.subscribe("event", (event, value) -> received.add(value));
			}
		}).build());
		this.router.emit("event", 1);
		Books.balanced(this.router);
		this.router.emit("event", 2);
		assertThat(received).containsExactly(2);
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerUnsubscribesItselfThenItGetsNoMore(HandlerMode mode) {
		AtomicInteger count = new AtomicInteger();
		AtomicReference<@Nullable Subscription> self = new AtomicReference<>();
		self.set(this.router.subscribe(HandlerSpec.on("event").mode(mode).handler((name, payload) -> {
			count.incrementAndGet();
			self.get().close();
		}).build()));
		this.router.emit("event", 1);
		Books.balanced(this.router);
		this.router.emit("event", 2);
		Books.balanced(this.router);
		assertThat(count).hasValue(1);
	}

	@Test
	void whenHandlerUnsubscribesALaterOneThenThatGetsNotEvenThisEvent() {
		AtomicInteger later = new AtomicInteger();
		AtomicReference<@Nullable Subscription> other = new AtomicReference<>();
		this.router.subscribe("event", (name, payload) -> other.get().close());
		other.set(this.router.subscribe("event", (name, payload) -> later.incrementAndGet()));
		this.router.emit("event", 1);
		assertThat(later).hasValue(0);
		assertThat(Books.dropped(Books.balanced(this.router).retired(), DropReason.UNSUBSCRIBED)).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerFlushesOrReadsThenItIsAnsweredAtOnce(HandlerMode mode) {
		AtomicReference<@Nullable FlushResult> flushed = new AtomicReference<>();
		AtomicReference<@Nullable RouterSnapshot> snapshot = new AtomicReference<>();
		this.router.subscribe(HandlerSpec.on("event").id("self").mode(mode).handler((name, payload) -> {
			flushed.set(this.router.flush(Books.LIMIT));
			snapshot.set(this.router.snapshot());
			this.router.handlerSnapshot("self");
			this.router.eventSnapshot("event");
			this.router.hasHandlers("event");
			this.router.addListener(new RouterListener() {
			});
		}).build());
		this.router.emit("event", 1);
		Books.balanced(this.router);
		assertThat(flushed.get().complete()).isEqualTo(mode == HandlerMode.SYNC);
		assertThat(snapshot.get().handlers().get("self").account().running()).isOne();
		assertThat(Books.of(this.router, "self").handled()).isOne();
	}

	@ParameterizedTest
	@EnumSource
	void whenHandlerClosesTheRouterThenItReturnsAndTheRouterCloses(HandlerMode mode) {
		CountDownLatch returned = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event").id("closer").mode(mode).handler((name, payload) -> {
			this.router.close();
			returned.countDown();
		}).build());
		this.router.emit("event", 1);
		Books.pass(returned);
		Books.eventually(() -> !this.log.lines("Telemetry router closed").isEmpty());
		this.router.emit("event", 2);
		Books.eventually(() -> Books.of(this.router, "closer").handled() == 1);
		assertThat(Books.dropped(Books.of(this.router, "closer"), DropReason.CLOSED)).isOne();
	}

	@Test
	void whenHandlersEmitToEachOtherThroughFullQueuesThenNothingDeadlocks() {
		AtomicInteger handled = new AtomicInteger();
		this.router.subscribe(new MemoryRecorder().sync());
		for (OverflowPolicy policy : OverflowPolicy.values()) {
			for (String[] way : new String[][] { { "a", "b" }, { "b", "a" } }) {
				this.router
					.subscribe(HandlerSpec.on(way[0]).async().maxQueue(1).overflow(policy).handler((name, payload) -> {
						handled.incrementAndGet();
						this.router.emit(way[1], payload);
						this.router.emit(way[0], payload);
					}).build());
			}
		}
		for (int i = 0; i < 100; i++) {
			this.router.emit("a", i);
		}
		Books.balanced(this.router);
		assertThat(handled.get()).isPositive();
	}

	@ParameterizedTest
	@EnumSource(UserCode.class)
	void whenUserCodeBlocksThenOtherThreadsDoEverything(UserCode code) throws Exception {
		CountDownLatch begun = new CountDownLatch(1);
		CountDownLatch gate = new CountDownLatch(1);
		AtomicBoolean armed = new AtomicBoolean();
		Runnable block = () -> {
			if (armed.compareAndSet(true, false)) {
				begun.countDown();
				Books.pass(gate);
			}
		};
		this.router.close();
		TelemetryRouterBuilder builder = TelemetryRouter.builder();
		code.configure(builder, block);
		this.router = builder.build();
		code.register(this.router, block);
		armed.set(true);
		Thread blocked = new Thread(() -> code.run(this.router, block));
		blocked.start();
		Books.pass(begun);
		AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
		CountDownLatch done = new CountDownLatch(1);
		Thread other = new Thread(() -> {
			try {
				doEverything();
			}
			catch (Throwable ex) {
				failure.set(ex);
			}
			done.countDown();
		});
		other.start();
		boolean free = done.await(20, TimeUnit.SECONDS);
		gate.countDown();
		blocked.join(Books.LIMIT.toMillis());
		other.join(Books.LIMIT.toMillis());
		assertThat(free).as("not held up by %s", code).isTrue();
		assertThat(failure).hasValue(null);
	}

	private void doEverything() {
		AtomicInteger calls = new AtomicInteger();
		Subscription first = this.router.subscribe("other", (name, payload) -> calls.incrementAndGet());
		Subscription second = this.router
			.subscribe(HandlerSpec.on("**").async().handler((name, payload) -> calls.incrementAndGet()).build());
		this.router.subscribeOnce("other", (name, payload) -> calls.incrementAndGet());
		this.router.emit("other", 1);
		this.router.emit("event", 1);
		this.router.emit("unheard.of", 1);
		this.router.emitAsync("other", 1);
		this.router.hasHandlers("event");
		this.router.snapshot();
		this.router.handlerSnapshot(first.handlerId());
		this.router.eventSnapshot("event");
		this.router.flush(Duration.ZERO);
		this.router.addListener(new RouterListener() {
		});
		first.close();
		second.close();
		this.router.snapshot();
		assertThat(calls.get()).isGreaterThanOrEqualTo(3);
	}

	@Test
	void whenHandlerCannotCloseTheRouterThenTheNextCloseDoes() throws InterruptedException {
		AtomicBoolean refused = new AtomicBoolean();
		this.router
			.subscribe(HandlerSpec.on("event").id("closer").handler((name, payload) -> this.router.close()).build());
		// A new thread asks its parent for the class loader.
		Thread emitter = new Thread(() -> this.router.emit("event", 1)) {

			@Override
			public ClassLoader getContextClassLoader() {
				refused.set(true);
				throw new OutOfMemoryError("on purpose");
			}

		};
		emitter.start();
		emitter.join();
		assertThat(refused).isTrue();
		assertThat(Books.of(this.router, "closer").failed()).isOne();
		this.router.close();
		assertThat(this.log.lines("Telemetry router closed in")).hasSize(1);
	}

}
