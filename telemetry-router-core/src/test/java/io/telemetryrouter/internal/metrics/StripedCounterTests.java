package io.telemetryrouter.internal.metrics;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class StripedCounterTests {

	private final StripedCounter counter = new StripedCounter();

	@Test
	void whenNothingWasAddedThenSumIsZero() {
		assertThat(this.counter.sum()).isZero();
	}

	@Test
	void whenOneThreadAddsThenSumIsExact() {
		this.counter.add(1, 0);
		this.counter.add(41, 63);
		assertThat(this.counter.sum()).isEqualTo(42);
	}

	@Test
	void whenWritersHaveMetThenEveryHintLeadsToAStripeAndTheSumIsExact() throws Exception {
		this.counter.add(5, 0);
		spread();
		long expected = 5;
		for (int hint = -70; hint < 70; hint++) {
			this.counter.add(hint + 71, hint);
			expected += hint + 71;
			assertThat(this.counter.sum()).isEqualTo(expected);
		}
	}

	@Test
	void whenWritersHaveMetTwiceThenNothingIsLost() throws Exception {
		Object cells = spread();
		assertThat(cells).isNotNull();
		this.counter.add(3, 1);
		assertThat(spread()).isSameAs(cells);
		this.counter.add(4, 2);
		assertThat(this.counter.sum()).isEqualTo(7);
	}

	/** Simulates the reaction of a thread to contention. */
	private Object spread() throws ReflectiveOperationException {
		Method spread = StripedCounter.class.getDeclaredMethod("spread");
		spread.setAccessible(true);
		return spread.invoke(this.counter);
	}

	@Test
	@Tag("stress")
	void whenThreadsAddAtTheSameTimeThenNothingIsLostAndNoSumFalls() throws Exception {
		int threads = 4;
		int additions = 200_000;
		AtomicBoolean done = new AtomicBoolean();
		CyclicBarrier start = new CyclicBarrier(threads);
		ExecutorService pool = Executors.newFixedThreadPool(threads + 1);
		try {
			Future<?> reader = pool.submit(() -> {
				long before = 0;
				while (!done.get()) {
					long sum = this.counter.sum();
					assertThat(sum).isGreaterThanOrEqualTo(before);
					before = sum;
				}
			});
			List<Future<?>> writers = new ArrayList<>();
			for (int i = 0; i < threads; i++) {
				int hint = i * 3;
				writers.add(pool.submit(() -> {
					start.await(30, TimeUnit.SECONDS);
					for (int j = 0; j < additions; j++) {
						this.counter.add(1, hint);
					}
					return null;
				}));
			}
			for (Future<?> writer : writers) {
				writer.get(30, TimeUnit.SECONDS);
			}
			done.set(true);
			reader.get(30, TimeUnit.SECONDS);
		}
		finally {
			done.set(true);
			pool.shutdownNow();
		}
		assertThat(this.counter.sum()).isEqualTo((long) threads * additions);
	}

}
