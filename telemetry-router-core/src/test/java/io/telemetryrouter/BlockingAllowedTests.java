package io.telemetryrouter;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Emitters on threads that must not block do not wait for queue capacity.
 */
@Timeout(120)
class BlockingAllowedTests {

	private final CapturedLog log = new CapturedLog();

	private final CountDownLatch hang = new CountDownLatch(1);

	private final CountDownLatch busy = new CountDownLatch(1);

	private TelemetryRouter router;

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
		this.log.close();
	}

	/** One that waited would do so for an hour. */
	private void emitToFullQueue(BooleanSupplier blockingAllowed) {
		this.router = TelemetryRouter.builder()
			.blockTimeout(Duration.ofHours(1))
			.blockingAllowed(blockingAllowed)
			.build();
		this.router.subscribe(HandlerSpec.on("x")
			.id("full")
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.BLOCK)
			.handler((event, payload) -> {
				this.busy.countDown();
				this.hang.await();
			})
			.build());
		this.router.emit("x", 1);
		Books.pass(this.busy);
		for (int i = 0; i < 4; i++) {
			this.router.emit("x", i);
		}
	}

	@Test
	void whenThreadMustNotBeBlockedThenNewestIsDroppedWithOneLine() {
		Thread emitter = Thread.currentThread();
		emitToFullQueue(() -> Thread.currentThread() != emitter);
		HandlerAccount account = Books.of(this.router, "full");
		assertThat(Books.dropped(account, DropReason.QUEUE_FULL)).isEqualTo(3);
		assertThat(account.queued()).isOne();
		assertThat(this.log.lines("must not be blocked")).singleElement()
			.isEqualTo("Handler 'full' has overflow policy BLOCK, but no emitter waits on a thread like '"
					+ emitter.getName() + "', which must not be blocked: when its queue is full, events are dropped");
	}

	@Test
	void whenCheckThrowsThenEmitterDoesNotWaitAndHasNoException() {
		emitToFullQueue(() -> {
			throw new IllegalStateException("on purpose");
		});
		assertThat(Books.dropped(Books.of(this.router, "full"), DropReason.QUEUE_FULL)).isEqualTo(3);
		assertThat(this.log.lines("Check of the emitting thread failed")).hasSize(1);
	}

	@Test
	void whenHeldEventsAreBeingDeliveredThenEmitterDoesNotWaitForTheEnd() throws InterruptedException {
		Thread emitter = Thread.currentThread();
		this.router = TelemetryRouter.builder()
			.blockTimeout(Duration.ofHours(1))
			.blockingAllowed(() -> Thread.currentThread() != emitter)
			.holdEvents(10)
			.build();
		Subscription handler = this.router.subscribe("x", (event, payload) -> {
			this.busy.countDown();
			this.hang.await();
		});
		this.router.emit("x", 1);
		Thread starter = new Thread(this.router::start);
		starter.start();
		Books.pass(this.busy);
		this.router.emit("x", 2);
		assertThat(this.router.snapshot().held()).isOne();
		this.hang.countDown();
		starter.join();
		assertThat(Books.of(this.router, handler.handlerId()).handled()).isEqualTo(2);
	}

	@Test
	void whenThreadMayBeBlockedThenItWaitsForRoom() throws InterruptedException {
		Thread emitter = new Thread(() -> emitToFullQueue(() -> true));
		emitter.start();
		Books.eventually(() -> emitter.getState() == Thread.State.TIMED_WAITING);
		this.hang.countDown();
		emitter.join();
		assertThat(Books.dropped(Books.of(this.router, "full"), DropReason.QUEUE_FULL)).isZero();
		assertThat(this.log.lines("must not be blocked")).isEmpty();
	}

}
