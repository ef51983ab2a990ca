package io.telemetryrouter.internal.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import io.telemetryrouter.LatencySnapshot;
import io.telemetryrouter.RouterListener;

import static org.assertj.core.api.Assertions.assertThat;

class LatencyHistogramTests {

	/** Durations of more than this share one bucket. */
	private static final long LONGEST = (1L << 42) - 1;

	private final SampleBuffers buffers = new SampleBuffers(1);

	private final LatencyHistogram histogram = new LatencyHistogram();

	@Test
	void whenNothingWasRecordedThenSnapshotIsEmpty() {
		assertThat(this.histogram.snapshot(this.buffers)).isEqualTo(LatencySnapshot.EMPTY);
		assertThat(this.histogram.count()).isZero();
		assertThat(this.histogram.snapshot(this.buffers).meanNanos()).isZero();
	}

	@Test
	void whenDurationIsNegativeThenRecordersReceiveZero() {
		List<Long> recorded = new ArrayList<>();
		LatencyHistogram histogram = new LatencyHistogram();
		histogram.addRecorder(new RouterListener() {
		}, recorded::add);
		histogram.record(-5, null);
		assertThat(recorded).containsExactly(0L);
	}

	@Test
	void whenDurationIsNegativeThenItCountsAsZero() {
		this.histogram.record(-5, null);
		assertThat(this.histogram.snapshot(this.buffers)).isEqualTo(new LatencySnapshot(1, 0, 0, 0, 0));
	}

	@Test
	void whenDurationIsBeyondTheLastBucketThenCountTotalAndMaximumAreExact() {
		this.histogram.record(1, null);
		this.histogram.record(Long.MAX_VALUE / 4, null);
		this.histogram.record(LONGEST + 1, null);
		LatencySnapshot snapshot = this.histogram.snapshot(this.buffers);
		assertThat(snapshot.count()).isEqualTo(3);
		assertThat(snapshot.totalNanos()).isEqualTo(1 + Long.MAX_VALUE / 4 + LONGEST + 1);
		assertThat(snapshot.maxNanos()).isEqualTo(Long.MAX_VALUE / 4);
		assertThat(snapshot.p99Nanos()).isGreaterThan(LONGEST - LONGEST / 8).isLessThanOrEqualTo(snapshot.maxNanos());
	}

	@Test
	void whenEveryPowerOfTwoAndItsNeighboursAreRecordedThenEachIsFoundAgain() {
		for (int exponent = 0; exponent < 42; exponent++) {
			for (long value : new long[] { (1L << exponent) - 1, 1L << exponent, (1L << exponent) + 1 }) {
				LatencyHistogram single = new LatencyHistogram();
				single.record(value, null);
				// A second, larger one keeps the maximum from correcting the percentile.
				single.record(LONGEST, null);
				assertClose(single.snapshot(this.buffers).p50Nanos(), value);
			}
		}
	}

	@Test
	void whenDurationIsOfAFewNanosecondsThenPercentileIsExact() {
		for (int value = 0; value < LatencyHistogram.OCTAVE; value++) {
			LatencyHistogram single = new LatencyHistogram();
			single.record(value, null);
			single.record(LONGEST, null);
			assertThat(single.snapshot(this.buffers).p50Nanos()).isEqualTo(value);
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12 })
	void whenDurationsAreRandomThenPercentilesAreWithinTheStatedError(long seed) {
		Random random = new Random(seed);
		int count = 1 + random.nextInt(5000);
		int bits = 1 + random.nextInt(41);
		long[] values = new long[count];
		for (int i = 0; i < count; i++) {
			// Spread over the powers of two, not only over the largest.
			values[i] = (random.nextLong() >>> 1) >>> (63 - 1 - random.nextInt(bits));
			this.histogram.record(values[i], null);
		}
		Arrays.sort(values);
		LatencySnapshot snapshot = this.histogram.snapshot(this.buffers);
		assertThat(snapshot.count()).isEqualTo(count);
		assertThat(snapshot.totalNanos()).isEqualTo(Arrays.stream(values).sum());
		assertThat(snapshot.maxNanos()).isEqualTo(values[count - 1]);
		assertClose(snapshot.p50Nanos(), values[(int) Math.ceil(count * 0.5) - 1]);
		assertClose(snapshot.p99Nanos(), values[(int) Math.ceil(count * 0.99) - 1]);
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 9, 110, 15_999, 119_999, 1_966_079, 56_000_000, 3_000_000_000L })
	void whenDurationsAreAllTheSameThenSoAreMeanAndPercentiles(long nanos) {
		for (int count : new int[] { 1, 2, 10, 99, 100, 1000 }) {
			LatencyHistogram single = new LatencyHistogram();
			for (int i = 0; i < count; i++) {
				single.record(nanos, null);
			}
			LatencySnapshot snapshot = single.snapshot(this.buffers);
			assertThat(snapshot.meanNanos()).isEqualTo(nanos);
			assertThat(snapshot).isEqualTo(new LatencySnapshot(count, count * nanos, nanos, nanos, nanos));
		}
	}

	@ParameterizedTest
	@ValueSource(longs = { 1, 2, 3, 4, 5, 6, 7, 8 })
	void whenDurationsAreCloseThenPercentileIsNotBelowWhatMeanAndMaximumAllow(long seed) {
		Random random = new Random(seed);
		for (int count = 1; count < 2000; count = count * 3 / 2 + 1) {
			LatencyHistogram single = new LatencyHistogram();
			int spread = 1 + random.nextInt(50_000);
			for (int i = 0; i < count; i++) {
				single.record(1_048_576 + random.nextInt(spread), null);
			}
			LatencySnapshot snapshot = single.snapshot(this.buffers);
			assertThat(snapshot.p50Nanos()).isLessThanOrEqualTo(snapshot.p99Nanos());
			assertThat(snapshot.p99Nanos()).isLessThanOrEqualTo(snapshot.maxNanos());
			int beyond = count / 100;
			assertThat((double) snapshot.p99Nanos() * (count - beyond) + (double) beyond * snapshot.maxNanos())
				.isGreaterThanOrEqualTo(snapshot.totalNanos());
		}
	}

	private static void assertClose(long actual, long exact) {
		assertThat((double) actual).isBetween(exact - Math.max(8, exact * 0.0625), exact + Math.max(8, exact * 0.0625));
	}

	@ParameterizedTest
	@ValueSource(ints = { 0, 1, 63, 64, 65, 127, 128, 200 })
	void whenMaximumIsResetThenOnlyWhatComesAfterCounts(int before) {
		for (int probe = 0; probe < 2; probe++) {
			LatencyHistogram single = new LatencyHistogram();
			for (int i = 0; i < before; i++) {
				single.record(1000 + i, null);
			}
			single.resetMax(this.buffers);
			assertThat(single.snapshot(this.buffers).maxNanos()).isZero();
			assertThat(single.count()).isEqualTo(before);
			for (int i = 1; i <= 150; i++) {
				single.record(i, null);
				assertThat(single.snapshot(this.buffers).maxNanos()).isEqualTo(i);
			}
			assertThat(single.snapshot(this.buffers).count()).isEqualTo(before + 150);
		}
	}

	@Test
	void whenReadWhileAThreadRecordsThenEveryReadIsWhole() throws Exception {
		int records = 200_000;
		Thread writer = new Thread(() -> {
			for (int i = 0; i < records; i++) {
				// Buckets come as well as counts.
				this.histogram.record(1L << (i % 40), null);
			}
		});
		writer.start();
		long last = 0;
		while (last < records) {
			LatencySnapshot snapshot = this.histogram.snapshot(this.buffers);
			assertThat(snapshot.count()).isGreaterThanOrEqualTo(last);
			long whole = snapshot.count() / 40;
			long rest = snapshot.count() % 40;
			assertThat(snapshot.totalNanos()).isEqualTo(whole * ((1L << 40) - 1) + (1L << rest) - 1);
			last = snapshot.count();
		}
		writer.join();
		assertThat(this.histogram.count()).isEqualTo(records);
	}

	@Test
	void whenManyThreadsRecordThenNothingIsLost() throws Exception {
		// Fresh ones, since stripes are made when they are first needed.
		LatencyHistogram[] histograms = IntStream.range(0, 4000)
			.mapToObj((index) -> new LatencyHistogram())
			.toArray(LatencyHistogram[]::new);
		int threads = 6;
		int records = 40;
		CyclicBarrier start = new CyclicBarrier(threads);
		ExecutorService executor = Executors.newFixedThreadPool(threads);
		try {
			Future<?>[] futures = new Future<?>[threads];
			for (int t = 0; t < threads; t++) {
				int probe = t;
				futures[t] = executor.submit(() -> {
					start.await(30, TimeUnit.SECONDS);
					for (LatencyHistogram histogram : histograms) {
						for (int i = 0; i < records; i++) {
							histogram.record(i % 3, null);
						}
					}
					return null;
				});
			}
			for (Future<?> future : futures) {
				future.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			executor.shutdownNow();
		}
		assertThat(histograms).allSatisfy((histogram) -> {
			assertThat(histogram.count()).isEqualTo((long) threads * records);
			assertThat(histogram.snapshot(this.buffers).maxNanos()).isEqualTo(2);
			assertThat(histogram.snapshot(this.buffers).totalNanos()).isEqualTo(threads * (13L * 3));
		});
	}

}
