package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rule 4: {@code BLOCK} waits for queue capacity, except on the lane's own thread.
 */
class BlockPolicyTests extends FullLane {

	@Test
	void whenQueueStaysFullThenBlockDropsTheNewestAfterTheTimeout() {
		use(TelemetryRouter.builder().blockTimeout(Duration.ofMillis(2)));
		hang(OverflowPolicy.BLOCK, 2);
		emit(1, 2, 3, 4);
		assertDropped(2);
		release();
		assertThat(this.handled).containsExactly("first", 1, 2);
	}

	@Test
	void whenThereIsRoomInTimeThenBlockLosesNothing() throws Exception {
		hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		Thread emitter = blockedEmitter(() -> this.router.emit("event", 2));
		release();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(Books.total(Books.balanced(this.router)).droppedTotal()).isZero();
		assertThat(this.handled).containsExactly("first", 1, 2);
	}

	@Test
	void whenADurableHandlerHearsTheEventTooThenBlockLosesNothing() throws Exception {
		this.router.subscribe(new MemoryRecorder().sync());
		this.router.subscribe(HandlerSpec.on("event")
			.id("durable")
			.async()
			.overflow(OverflowPolicy.SPILL)
			.durable(true)
			.handler((name, payload) -> {
			})
			.build());
		hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		Thread emitter = blockedEmitter(() -> this.router.emit("event", 2));
		release();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(Books.total(Books.balanced(this.router)).droppedTotal()).isZero();
		assertThat(this.handled).containsExactly("first", 1, 2);
	}

	@Test
	void whenLaneTakesItsNextEventThenBlockedEmitterGoesOnEvenIfThatOneHangs() throws Exception {
		CountDownLatch second = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event")
			.id("lane")
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.BLOCK)
			.handler((name, payload) -> {
				this.begun.countDown();
				Books.pass(payload.equals(0) ? second : this.gate);
			})
			.build());
		emit(0);
		Books.pass(this.begun);
		emit(1);
		Thread emitter = blockedEmitter(() -> this.router.emit("event", 2));
		second.countDown();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(emitter.isAlive()).isFalse();
		assertDropped(0);
	}

	@RepeatedTest(5)
	@Tag("stress")
	void whenManyEmittersBlockThenAllGetThrough() throws Exception {
		int producers = 4;
		int events = 500;
		AtomicInteger count = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("event")
			.async()
			.maxQueue(2)
			.overflow(OverflowPolicy.BLOCK)
			.handler((name, payload) -> count.incrementAndGet())
			.build());
		Parallel.run(producers, (number) -> {
			for (int i = 0; i < events; i++) {
				this.router.emit("event", i);
			}
		});
		Books.balanced(this.router);
		assertThat(count).hasValue(producers * events);
	}

	@Test
	void whenEmitterIsInterruptedAlreadyThenBlockDropsTheNewestAtOnce() {
		hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		Thread.currentThread().interrupt();
		this.router.emit("event", 2);
		assertThat(Thread.interrupted()).isTrue();
		assertDropped(1);
		release();
		assertThat(this.handled).containsExactly("first", 1);
	}

	@Test
	void whenEmitterIsInterruptedAndThereIsRoomThenBlockQueuesTheEvent() {
		hang(OverflowPolicy.BLOCK, 1);
		Thread.currentThread().interrupt();
		this.router.emit("event", 1);
		assertThat(Thread.interrupted()).isTrue();
		assertDropped(0);
	}

	@Test
	void whenBlockedEmitterIsInterruptedThenItDropsTheNewestAndStaysInterrupted() throws Exception {
		hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		AtomicBoolean interrupted = new AtomicBoolean();
		Thread emitter = blockedEmitter(() -> {
			this.router.emit("event", 2);
			interrupted.set(Thread.currentThread().isInterrupted());
		});
		emitter.interrupt();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(interrupted).isTrue();
		assertDropped(1);
	}

	@Test
	void whenLaneEmitsToItselfThenBlockActsAsDropNewest() {
		AtomicReference<Object> last = new AtomicReference<>();
		this.router.subscribe(HandlerSpec.on("event")
			.id("lane")
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.BLOCK)
			.handler((name, payload) -> {
				if (payload.equals("first")) {
					emit(1, 2, 3);
				}
				last.set(payload);
			})
			.build());
		emit("first");
		Books.balanced(this.router);
		assertThat(last).hasValue(1);
		assertDropped(2);
	}

	@Test
	void whenOneLaneEmitsToAnotherThenBlockActsAsDropNewest() {
		hang(OverflowPolicy.BLOCK, 1);
		AtomicInteger relayed = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("outer").async().handler((name, payload) -> {
			emit(1, 2, 3);
			relayed.incrementAndGet();
		}).build());
		this.router.emit("outer", null);
		Books.eventually(() -> relayed.get() == 1);
		assertDropped(2);
	}

	@Test
	void whenLaneRunsOnAnotherExecutorsThreadThenBlockActsAsDropNewestThereToo() {
		use(TelemetryRouter.builder().blockTimeout(FOR_EVER).laneExecutor((task) -> new Thread(task).start()));
		hang(OverflowPolicy.BLOCK, 1);
		AtomicInteger relayed = new AtomicInteger();
		this.router.subscribe(HandlerSpec.on("outer").async().handler((name, payload) -> {
			emit(1, 2);
			relayed.incrementAndGet();
		}).build());
		this.router.emit("outer", null);
		Books.eventually(() -> relayed.get() == 1);
		assertDropped(1);
	}

	@Test
	void whenBlockedLaneIsUnsubscribedThenEmittersGoOn() throws Exception {
		Subscription subscription = hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		Thread emitter = blockedEmitter(() -> this.router.emit("event", 2));
		subscription.close();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(emitter.isAlive()).isFalse();
		release();
		assertThat(this.handled).containsExactly("first");
		HandlerAccount retired = this.router.snapshot().retired();
		assertThat(Books.dropped(retired, DropReason.UNSUBSCRIBED)).isEqualTo(2);
	}

	@Test
	void whenRouterClosesThenBlockedEmittersGoOn() throws Exception {
		use(TelemetryRouter.builder().blockTimeout(FOR_EVER).shutdownTimeout(Duration.ZERO));
		hang(OverflowPolicy.BLOCK, 1);
		emit(1);
		Thread emitter = blockedEmitter(() -> this.router.emit("event", 2));
		this.router.close();
		emitter.join(Books.LIMIT.toMillis());
		assertThat(emitter.isAlive()).isFalse();
		Books.eventually(() -> Books.of(this.router, "lane").isBalanced());
		assertThat(Books.of(this.router, "lane").offered()).isEqualTo(3);
	}

	private Thread blockedEmitter(Runnable emit) {
		Thread emitter = new Thread(emit);
		emitter.start();
		Books.eventually(() -> emitter.getState() == Thread.State.TIMED_WAITING);
		return emitter;
	}

}
