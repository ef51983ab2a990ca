package io.telemetryrouter.internal.lane;

import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class RoomSignalTests {

	private static final long LONG = TimeUnit.MINUTES.toNanos(5);

	private final RoomSignal room = new RoomSignal();

	@Test
	void whenThereIsRoomThenProducerDoesNotWait() {
		AtomicInteger attempts = new AtomicInteger();
		assertThat(this.room.await(() -> attempts.incrementAndGet() == 1, 0)).isTrue();
		assertThat(attempts).hasValue(1);
		assertNobodyWaits();
	}

	@Test
	void whenTimeIsUpThenProducerGivesUpAfterAnAttempt() {
		AtomicInteger attempts = new AtomicInteger();
		assertThat(this.room.await(() -> attempts.incrementAndGet() < 0, 1)).isFalse();
		assertThat(attempts).hasPositiveValue();
		assertThat(this.room.await(() -> false, -1)).isFalse();
		assertNobodyWaits();
	}

	@Test
	void whenProducerIsInterruptedThenItGivesUpAtOnceAndStaysInterrupted() {
		AtomicInteger attempts = new AtomicInteger();
		Thread.currentThread().interrupt();
		boolean got = this.room.await(() -> attempts.incrementAndGet() < 0, LONG);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(got).isFalse();
		assertThat(attempts).hasValue(1);
		assertNobodyWaits();
	}

	@Test
	void whenInterruptedProducerHasRoomThenItUsesIt() {
		Thread.currentThread().interrupt();
		boolean got = this.room.await(() -> true, LONG);
		assertThat(Thread.interrupted()).isTrue();
		assertThat(got).isTrue();
	}

	@Test
	void whenAnAttemptFailsThenNobodyWaitsAnyMore() {
		assertThatExceptionOfType(IllegalStateException.class).isThrownBy(() -> this.room.await(() -> {
			throw new IllegalStateException("on purpose");
		}, LONG));
		assertNobodyWaits();
	}

	@Test
	void whenNobodyWaitsThenASignalDoesNothing() {
		this.room.signal();
		assertThat(this.room.hasWaiting()).isFalse();
	}

	@Test
	void whenProducerWaitsThenThatIsKnownBeforeItsFirstAttempt() {
		List<Boolean> waiting = new ArrayList<>();
		assertThat(this.room.await(() -> waiting.add(this.room.hasWaiting()), LONG)).isTrue();
		assertThat(waiting).containsExactly(true);
		assertNobodyWaits();
	}

	@Test
	void whenProducerIsWokenBetweenItsAttemptsThenItWaitsForTheNextSignalToo() {
		AtomicInteger attempts = new AtomicInteger();
		// A signal takes the producer out of the queue; only its next turn puts it back.
		assertThat(this.room.await(() -> {
			this.room.signal();
			assertThat(queued()).isZero();
			return attempts.incrementAndGet() == 3;
		}, LONG)).isTrue();
		assertThat(attempts).hasValue(3);
		assertNobodyWaits();
	}

	@Test
	void whenOneOfManyIsSignalledThenOnlyOneIsTakenOutOfTheQueue() throws Exception {
		AtomicBoolean open = new AtomicBoolean();
		CountDownLatch attempted = new CountDownLatch(3);
		CountDownLatch hold = new CountDownLatch(1);
		List<CompletableFuture<Boolean>> producers = new ArrayList<>();
		for (int i = 0; i < 3; i++) {
			producers.add(producer(() -> {
				attempted.countDown();
				pass(hold);
				return open.get();
			}));
		}
		pass(attempted);
		assertThat(queued()).isEqualTo(3);
		this.room.signal();
		assertThat(queued()).isEqualTo(2);
		open.set(true);
		hold.countDown();
		for (CompletableFuture<Boolean> producer : producers) {
			assertThat(producer).succeedsWithin(Duration.ofSeconds(30)).isEqualTo(true);
		}
		assertNobodyWaits();
	}

	@Test
	@Tag("stress")
	void whenProducersWaitForRoomThatComesPieceByPieceThenEachPieceIsUsedOnce() throws Exception {
		int producers = 50;
		int each = 40;
		AtomicInteger pieces = new AtomicInteger();
		AtomicInteger used = new AtomicInteger();
		ExecutorService pool = Executors.newFixedThreadPool(producers);
		try {
			List<Future<?>> all = new ArrayList<>();
			for (int i = 0; i < producers; i++) {
				all.add(pool.submit(() -> {
					for (int j = 0; j < each; j++) {
						assertThat(this.room.await(() -> {
							int left = pieces.get();
							return left > 0 && pieces.compareAndSet(left, left - 1);
						}, LONG)).isTrue();
						used.incrementAndGet();
						this.room.signal();
					}
				}));
			}
			for (int i = 0; i < producers * each; i++) {
				pieces.incrementAndGet();
				this.room.signal();
			}
			for (Future<?> future : all) {
				future.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			pool.shutdownNow();
		}
		assertThat(used).hasValue(producers * each);
		assertThat(pieces).hasValue(0);
		assertNobodyWaits();
	}

	private CompletableFuture<Boolean> producer(BooleanSupplier attempt) {
		CompletableFuture<Boolean> result = new CompletableFuture<>();
		Thread thread = new Thread(() -> {
			try {
				result.complete(this.room.await(attempt, LONG));
			}
			catch (Throwable ex) {
				result.completeExceptionally(ex);
			}
		});
		thread.setDaemon(true);
		thread.start();
		return result;
	}

	private void assertNobodyWaits() {
		assertThat(this.room.hasWaiting()).isFalse();
		assertThat(queued()).isZero();
	}

	private int queued() {
		try {
			Field waiters = RoomSignal.class.getDeclaredField("waiters");
			waiters.setAccessible(true);
			return ((Collection<?>) waiters.get(this.room)).size();
		}
		catch (ReflectiveOperationException ex) {
			throw new AssertionError(ex);
		}
	}

	private static void pass(CountDownLatch latch) {
		try {
			assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
		}
		catch (InterruptedException ex) {
			throw new AssertionError(ex);
		}
	}

}
