package io.telemetryrouter.internal.lane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class EventQueueTests {

	@ParameterizedTest
	@ValueSource(ints = { 1, 2, 31, 32, 33, 64, 65, 1000 })
	void whenQueueIsFullThenOfferIsRefusedUntilThereIsRoom(int capacity) {
		EventQueue<Long> queue = new EventQueue<>(capacity);
		for (int round = 0; round < 3; round++) {
			for (int i = 0; i < capacity; i++) {
				assertThat(queue.offer(event(i))).isTrue();
			}
			assertThat(queue.size()).isEqualTo(capacity).isEqualTo(queue.capacity());
			assertThat(queue.offer(event(-1))).isFalse();
			assertThat(sequence(poll(queue))).isZero();
			assertThat(queue.offer(event(capacity))).isTrue();
			assertThat(queue.offer(event(-1))).isFalse();
			for (int i = 1; i <= capacity; i++) {
				assertThat(sequence(queue.peek())).isEqualTo(i);
				assertThat(sequence(poll(queue))).isEqualTo(i);
			}
			assertThat(poll(queue)).isNull();
			assertThat(queue.peek()).isNull();
			assertThat(queue.size()).isZero();
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 31, 32, 33, 100 })
	void whenQueueSpansSegmentsThenEachEventIsPassedOnWithItsPosition(int polled) {
		EventQueue<Long> queue = new EventQueue<>(1000);
		for (int i = 0; i < 200; i++) {
			queue.offer(event(i));
		}
		for (int i = 0; i < polled; i++) {
			poll(queue);
		}
		List<Long> positions = new ArrayList<>();
		queue.forEach((event, position) -> {
			assertThat(sequence(event)).isEqualTo(position);
			positions.add(position);
		});
		assertThat(positions).isEqualTo(LongStream.range(polled, 200).boxed().toList());
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void whenOffersAndPollsMixThenQueueBehavesAsItsModel(long seed) {
		Random random = new Random(seed);
		int capacity = 1 + random.nextInt(100);
		EventQueue<Long> queue = new EventQueue<>(capacity);
		Queue<Integer> model = new ArrayDeque<>();
		for (int i = 0; i < 4000; i++) {
			if (random.nextInt(100) < 40 + (i / 400) * 2) {
				assertThat(queue.offer(event(i))).isEqualTo(model.size() < capacity);
				if (model.size() < capacity) {
					model.add(i);
				}
			}
			else {
				Integer expected = model.poll();
				Long actual = poll(queue);
				assertThat((actual != null) ? actual.intValue() : null).isEqualTo(expected);
			}
			assertThat(queue.size()).isEqualTo(model.size());
			assertThat(queue.tail() - queue.head()).isEqualTo(model.size());
		}
	}

	@Test
	void whenEventIsTakenThenConsumerIsAtItsPosition() {
		EventQueue<Long> queue = new EventQueue<>(100);
		EventQueue.Position consumer = new EventQueue.Position();
		assertThat(consumer.position).isEqualTo(EventQueue.Position.NONE);
		for (int i = 0; i < 50; i++) {
			assertThat(queue.tail()).isEqualTo(i);
			queue.offer(event(i));
		}
		for (int i = 0; i < 50; i++) {
			queue.poll(consumer);
			assertThat(consumer.position).isEqualTo(i);
			assertThat(queue.head()).isEqualTo(i + 1);
		}
	}

	@ParameterizedTest
	@ValueSource(ints = { 1, 3, 40, 1000 })
	void whenManyProducersAndConsumersShareAQueueThenNoEventIsLostDoubledOrOutOfOrder(int capacity) throws Exception {
		int producers = 3;
		int consumers = 2;
		// A full queue costs a change of threads, which takes long on a busy machine.
		int events = Math.min(20_000, 1_000 * capacity);
		EventQueue<Long> queue = new EventQueue<>(capacity);
		AtomicLong refused = new AtomicLong();
		AtomicInteger overfull = new AtomicInteger();
		AtomicInteger producing = new AtomicInteger(producers);
		CyclicBarrier start = new CyclicBarrier(producers + consumers);
		ExecutorService executor = Executors.newFixedThreadPool(producers + consumers);
		List<Future<List<Long>>> taken = new ArrayList<>();
		List<Future<?>> offered = new ArrayList<>();
		try {
			for (int c = 0; c < consumers; c++) {
				taken.add(executor.submit(() -> {
					start.await(30, TimeUnit.SECONDS);
					List<Long> sequences = new ArrayList<>();
					EventQueue.Position consumer = new EventQueue.Position();
					while (true) {
						boolean last = producing.get() == 0;
						Long event = queue.poll(consumer);
						if (event != null) {
							sequences.add(event);
						}
						else if (last) {
							return sequences;
						}
						else {
							Thread.yield();
						}
						// The tail is read first, so the difference is at most the size
						// at that moment.
						if (queue.tail() - queue.head() > capacity || queue.size() > capacity) {
							overfull.incrementAndGet();
						}
					}
				}));
			}
			for (int p = 0; p < producers; p++) {
				long base = p * 1_000_000L;
				offered.add(executor.submit(() -> {
					start.await(30, TimeUnit.SECONDS);
					for (int i = 0; i < events; i++) {
						Long event = event(base + i);
						while (!queue.offer(event)) {
							refused.incrementAndGet();
							Thread.yield();
						}
					}
					producing.decrementAndGet();
					return null;
				}));
			}
			for (Future<?> future : offered) {
				future.get(30, TimeUnit.SECONDS);
			}
			List<Long> all = new ArrayList<>();
			for (Future<List<Long>> future : taken) {
				List<Long> sequences = future.get(30, TimeUnit.SECONDS);
				for (int p = 0; p < producers; p++) {
					long base = p * 1_000_000L;
					assertThat(sequences.stream().filter((sequence) -> sequence / 1_000_000 == base / 1_000_000))
						.isSorted();
				}
				all.addAll(sequences);
			}
			assertThat(all).hasSize(producers * events).doesNotHaveDuplicates();
			assertThat(overfull).hasValue(0);
			assertThat(queue.size()).isZero();
		}
		finally {
			executor.shutdownNow();
		}
	}

	@Test
	void whenOneOffersAndThenLooksAndAnotherShowsItselfAndThenLooksThenOneSeesTheOther() throws Exception {
		int rounds = 50_000;
		EventQueue<Long> queue = new EventQueue<>(1);
		AtomicInteger resting = new AtomicInteger();
		AtomicInteger arrived = new AtomicInteger();
		boolean[] awake = new boolean[rounds];
		boolean[] empty = new boolean[rounds];
		ExecutorService executor = Executors.newSingleThreadExecutor();
		try {
			Future<?> emitter = executor.submit(() -> {
				for (int i = 0; i < rounds; i++) {
					Long event = event(i);
					meet(arrived, 4 * i + 2);
					queue.offer(event);
					awake[i] = resting.get() != i + 1;
					meet(arrived, 4 * i + 4);
				}
			});
			for (int i = 0; i < rounds; i++) {
				meet(arrived, 4 * i + 2);
				resting.set(i + 1);
				empty[i] = queue.isEmpty();
				meet(arrived, 4 * i + 4);
				assertThat(sequence(poll(queue))).isEqualTo(i);
				assertThat(queue.isEmpty()).isTrue();
			}
			emitter.get(30, TimeUnit.SECONDS);
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(IntStream.range(0, rounds).filter((i) -> awake[i] && empty[i])).isEmpty();
	}

	private static void meet(AtomicInteger arrived, int all) {
		arrived.incrementAndGet();
		// Spins first: only threads that start together can race.
		for (int i = 0; arrived.get() < all; i++) {
			if (Thread.currentThread().isInterrupted()) {
				throw new IllegalStateException("The other one has failed");
			}
			if (i < 1000) {
				Thread.onSpinWait();
			}
			else {
				Thread.yield();
			}
		}
	}

	private static Long event(long sequence) {
		return sequence;
	}

	private static @Nullable Long poll(EventQueue<Long> queue) {
		return queue.poll(new EventQueue.Position());
	}

	private static long sequence(@Nullable Long event) {
		assertThat(event).isNotNull();
		return event;
	}

}
