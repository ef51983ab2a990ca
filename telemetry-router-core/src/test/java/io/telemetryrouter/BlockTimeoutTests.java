package io.telemetryrouter;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Emitters wait for queue capacity no longer than the block timeout, regardless of the
 * number of waiting emitters.
 */
class BlockTimeoutTests {

	private static final Duration TIMEOUT = Duration.ofMillis(100);

	private static final int EMITTERS = 2000;

	private static final int ROUNDS = 3;

	private final CapturedLog log = new CapturedLog();

	private final CountDownLatch hang = new CountDownLatch(1);

	private TelemetryRouter router = router(TIMEOUT);

	@AfterEach
	void close() {
		this.hang.countDown();
		this.router.close();
		this.log.close();
	}

	private static TelemetryRouter router(Duration timeout) {
		return TelemetryRouter.builder()
			.blockTimeout(timeout)
			.slowThreshold(Duration.ofDays(1))
			.stuckThreshold(Duration.ZERO)
			.build();
	}

	/**
	 * The delay of as many threads that wait independently of each other is the baseline
	 * of the machine.
	 */
	@Test
	@Tag("cost")
	void whenThousandsWaitForRoomThenNoneIsMuchLaterThanItWouldBeAlone() throws InterruptedException {
		fill("lane");
		List<Long> apart = new ArrayList<>();
		List<Long> together = new ArrayList<>();
		AtomicLong latest = new AtomicLong();
		// The first round pays for threads that start.
		List<Runnable> rounds = new ArrayList<>(List.of(BlockTimeoutTests::waitAlone));
		for (int i = 0; i < ROUNDS; i++) {
			rounds.add(BlockTimeoutTests::waitAlone);
			rounds.add(() -> this.router.emit("event", "late"));
		}
		runInTurn(rounds, latest, (round) -> {
			long late = latest.getAndSet(0) - TIMEOUT.toNanos();
			if (round > 0) {
				((round % 2 != 0) ? apart : together).add(late);
			}
		});
		long allowed = TIMEOUT.dividedBy(2).toNanos() + 2 * median(apart);
		assertThat(median(together)).as("late by %s ns, apart %s ns", together, apart).isLessThanOrEqualTo(allowed);
		assertThat(Books.dropped(Books.of(this.router, "lane"), DropReason.QUEUE_FULL))
			.isEqualTo((long) ROUNDS * EMITTERS);
	}

	private static void waitAlone() {
		long deadline = System.nanoTime() + TIMEOUT.toNanos();
		for (long left = TIMEOUT.toNanos(); left > 0; left = deadline - System.nanoTime()) {
			LockSupport.parkNanos(left);
		}
	}

	private static long median(List<Long> values) {
		return values.stream().sorted().toList().get(values.size() / 2);
	}

	/**
	 * Has many threads do one thing after another, each when all are ready.
	 * @param rounds what to do
	 * @param latest is set to the longest time it took a thread
	 * @param done is told of each round's end
	 */
	private static void runInTurn(List<Runnable> rounds, AtomicLong latest, Consumer<Integer> done)
			throws InterruptedException {
		int[] round = { 0 };
		CyclicBarrier end = new CyclicBarrier(EMITTERS, () -> done.accept(round[0]++));
		List<Thread> threads = new ArrayList<>();
		for (int i = 0; i < EMITTERS; i++) {
			Thread thread = new Thread(null, () -> {
				for (Runnable action : rounds) {
					long start = System.nanoTime();
					action.run();
					latest.accumulateAndGet(System.nanoTime() - start, Math::max);
					await(end);
				}
			}, "emitter", 128 * 1024);
			threads.add(thread);
			thread.start();
		}
		for (Thread thread : threads) {
			thread.join();
		}
	}

	private static void await(CyclicBarrier barrier) {
		try {
			barrier.await();
		}
		catch (Exception ex) {
			throw new IllegalStateException(ex);
		}
	}

	@Test
	void whenTimeoutIsForEverThenEmitterWaitsForRoom() throws InterruptedException {
		use(ChronoUnit.FOREVER.getDuration());
		List<Object> handled = fill("lane");
		List<Thread> emitters = new ArrayList<>();
		for (int i = 0; i < 10; i++) {
			Thread emitter = new Thread(() -> this.router.emit("event", "waited"));
			emitter.start();
			emitters.add(emitter);
		}
		Books.eventually(() -> emitters.stream()
			.allMatch((emitter) -> emitter.getState() == Thread.State.TIMED_WAITING
					|| emitter.getState() == Thread.State.WAITING));
		this.hang.countDown();
		for (Thread emitter : emitters) {
			emitter.join();
		}
		Books.balanced(this.router);
		assertThat(handled).filteredOn("waited"::equals).hasSize(10);
		assertThat(Books.of(this.router, "lane").droppedTotal()).isZero();
	}

	@Test
	void whenTimeoutIsShorterThanALookThenEmitterStillComesBack() {
		use(Duration.ofNanos(1));
		fill("lane");
		this.router.emit("event", "late");
		assertThat(Books.dropped(Books.of(this.router, "lane"), DropReason.QUEUE_FULL)).isOne();
	}

	@Test
	void whenOneOfManyWaitingIsInterruptedThenTheOthersWaitOn() throws InterruptedException {
		use(ChronoUnit.FOREVER.getDuration());
		List<Object> handled = fill("lane");
		Thread interrupted = emitter("interrupted");
		Thread other = emitter("other");
		Books.eventually(() -> isWaiting(interrupted) && isWaiting(other));
		interrupted.interrupt();
		interrupted.join();
		assertThat(isWaiting(other) || other.isAlive()).isTrue();
		this.hang.countDown();
		other.join();
		Books.balanced(this.router);
		assertThat(handled).contains("other").doesNotContain("interrupted");
	}

	/**
	 * Holding an emitter for the timeout at most means the emitter, not each of its
	 * lanes.
	 */
	@Test
	@Tag("cost")
	void whenManyLanesAreFullThenAnEmitWaitsForTheTimeoutOnce() {
		for (int i = 0; i < 20; i++) {
			fill("lane " + i);
		}
		long start = System.nanoTime();
		this.router.emit("event", "late");
		Duration took = Duration.ofNanos(System.nanoTime() - start);
		assertThat(took).isLessThan(TIMEOUT.multipliedBy(10));
	}

	private Thread emitter(String payload) {
		Thread emitter = new Thread(() -> this.router.emit("event", payload));
		emitter.start();
		return emitter;
	}

	private static boolean isWaiting(Thread thread) {
		return thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING;
	}

	/**
	 * Subscribes a lane whose handler hangs and whose queue has no room.
	 * @param id the handler's id
	 * @return what it has handled
	 */
	private List<Object> fill(String id) {
		List<Object> handled = new CopyOnWriteArrayList<>();
		CountDownLatch hanging = new CountDownLatch(1);
		this.router.subscribe(HandlerSpec.on("event", "fill " + id)
			.id(id)
			.async()
			.maxQueue(1)
			.overflow(OverflowPolicy.BLOCK)
			.handler((event, payload) -> {
				handled.add(payload);
				hanging.countDown();
				Books.pass(this.hang);
			})
			.build());
		this.router.emit("fill " + id, "first");
		Books.pass(hanging);
		this.router.emit("fill " + id, "second");
		return handled;
	}

	private void use(Duration timeout) {
		this.router.close();
		this.router = router(timeout);
	}

}
