package io.telemetryrouter.internal.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.LatencySnapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

class SampleBuffersTests {

	/** Direct records until samples are buffered. */
	private static final int DIRECT = 129;

	private static final long LONGEST_BUFFERED = (1L << 44) - 1;

	private final SampleBuffers buffers = new SampleBuffers(4);

	private final SampleBuffer buffer = Objects.requireNonNull(this.buffers.get(0));

	private LatencyHistogram steady() {
		LatencyHistogram histogram = new LatencyHistogram();
		record(histogram, DIRECT);
		assertThat(histogram.id).isPositive();
		return histogram;
	}

	private void record(LatencyHistogram histogram, int count) {
		for (int i = 0; i < count; i++) {
			histogram.record(1, this.buffer);
		}
	}

	@Test
	void whenThreadHasNoSlotThenItHasNoBuffer() {
		assertThat(this.buffers.get(-1)).isNull();
	}

	@Test
	void whenThreadHasASlotThenItHasTheSlotsBuffer() {
		assertThat(this.buffers.get(0)).isSameAs(this.buffer);
		assertThat(this.buffers.get(1)).isNotNull().isNotSameAs(this.buffer).isSameAs(this.buffers.get(1));
	}

	@Test
	void whenHistogramIsRarelyUsedThenItsSamplesAreRecordedDirectly() {
		LatencyHistogram histogram = new LatencyHistogram();
		record(histogram, DIRECT - 1);
		assertThat(histogram.id).isZero();
		assertThat(histogram.count()).isEqualTo(DIRECT - 1);
	}

	@Test
	void whenThreadHasNoBufferThenSamplesAreRecordedDirectly() {
		LatencyHistogram histogram = steady();
		histogram.record(1, null);
		assertThat(histogram.count()).isEqualTo(DIRECT + 1);
	}

	@Test
	void whenBufferHasRoomThenSamplesAreNotRecorded() {
		LatencyHistogram histogram = steady();
		record(histogram, SampleBuffer.SIZE);
		assertThat(histogram.count()).isEqualTo(DIRECT);
	}

	@Test
	void whenBufferIsFullThenItsWriterRecords() {
		LatencyHistogram histogram = steady();
		record(histogram, SampleBuffer.SIZE + 1);
		assertThat(histogram.count()).isEqualTo(DIRECT + SampleBuffer.SIZE);
		record(histogram, SampleBuffer.SIZE - 1);
		assertThat(histogram.count()).isEqualTo(DIRECT + SampleBuffer.SIZE);
		record(histogram, 1);
		assertThat(histogram.count()).isEqualTo(DIRECT + 2 * SampleBuffer.SIZE);
	}

	@Test
	void whenSomebodyReadsThenAllBuffersAreRecorded() {
		LatencyHistogram histogram = steady();
		for (int slot = 0; slot < 4; slot++) {
			for (int i = 0; i <= slot; i++) {
				histogram.record(1, this.buffers.get(slot));
			}
		}
		this.buffers.record();
		assertThat(histogram.count()).isEqualTo(DIRECT + 10);
		this.buffers.record();
		assertThat(histogram.count()).isEqualTo(DIRECT + 10);
	}

	@Test
	void whenReaderHasMadeRoomThenWriterUsesIt() {
		LatencyHistogram histogram = steady();
		record(histogram, SampleBuffer.SIZE);
		this.buffers.record();
		record(histogram, SampleBuffer.SIZE);
		assertThat(histogram.count()).isEqualTo(DIRECT + SampleBuffer.SIZE);
		this.buffers.record();
		assertThat(histogram.count()).isEqualTo(DIRECT + 2 * SampleBuffer.SIZE);
	}

	@Test
	void whenBufferIsFullWhileAReaderRecordsThenWriterRecordsTheSampleDirectly() {
		LatencyHistogram histogram = steady();
		record(histogram, SampleBuffer.SIZE);
		this.buffers.whileTaken(() -> {
			record(histogram, 3);
			assertThat(histogram.count()).isEqualTo(DIRECT + 3);
		});
		record(histogram, 1);
		assertThat(histogram.count()).isEqualTo(DIRECT + 3 + SampleBuffer.SIZE);
		this.buffers.record();
		assertThat(histogram.count()).isEqualTo(DIRECT + 3 + SampleBuffer.SIZE + 1);
	}

	@Test
	void whenAnotherThreadRecordsThenAReaderWaitsAndThenRecords() throws Exception {
		LatencyHistogram histogram = steady();
		record(histogram, 5);
		Thread[] reader = new Thread[1];
		this.buffers.whileTaken(() -> {
			reader[0] = new Thread(this.buffers::record);
			reader[0].setDaemon(true);
			reader[0].start();
			await().until(() -> reader[0].getState() == Thread.State.TIMED_WAITING);
			assertThat(histogram.count()).isEqualTo(DIRECT);
		});
		reader[0].join(30_000);
		assertThat(histogram.count()).isEqualTo(DIRECT + 5);
	}

	@Test
	void whenAnActionFailsWhileNobodyRecordsThenOthersRecordAfterwards() {
		LatencyHistogram histogram = steady();
		record(histogram, 1);
		try {
			this.buffers.whileTaken(() -> {
				throw new IllegalStateException("on purpose");
			});
		}
		catch (IllegalStateException ex) {
			assertThat(ex).hasMessage("on purpose");
		}
		this.buffers.record();
		assertThat(histogram.count()).isEqualTo(DIRECT + 1);
	}

	@Test
	void whenDurationIsTheLongestThatFitsThenItIsBufferedAndExact() {
		LatencyHistogram histogram = steady();
		histogram.record(LONGEST_BUFFERED, this.buffer);
		assertThat(histogram.count()).isEqualTo(DIRECT);
		this.buffers.record();
		LatencySnapshot snapshot = histogram.snapshot(this.buffers);
		assertThat(snapshot.count()).isEqualTo(DIRECT + 1);
		assertThat(snapshot.maxNanos()).isEqualTo(LONGEST_BUFFERED);
		assertThat(snapshot.totalNanos()).isEqualTo(DIRECT + LONGEST_BUFFERED);
	}

	@Test
	void whenDurationIsTooLongToBeBufferedThenItIsRecordedDirectlyAndExact() {
		LatencyHistogram histogram = steady();
		histogram.record(LONGEST_BUFFERED + 1, this.buffer);
		LatencySnapshot snapshot = histogram.snapshot(this.buffers);
		assertThat(snapshot.count()).isEqualTo(DIRECT + 1);
		assertThat(snapshot.maxNanos()).isEqualTo(LONGEST_BUFFERED + 1);
		assertThat(snapshot.totalNanos()).isEqualTo(DIRECT + LONGEST_BUFFERED + 1);
	}

	@Test
	void whenDurationIsNegativeThenItCountsAsZeroForItsOwnHistogram() {
		LatencyHistogram first = steady();
		LatencyHistogram second = steady();
		second.record(-1, this.buffer);
		second.record(Long.MIN_VALUE, this.buffer);
		this.buffers.record();
		assertThat(second.count()).isEqualTo(DIRECT + 2);
		assertThat(second.snapshot(this.buffers).totalNanos()).isEqualTo(DIRECT);
		assertThat(first.count()).isEqualTo(DIRECT);
	}

	@Test
	void whenThereAreManyHistogramsThenEachHasItsOwnSamples() {
		List<LatencyHistogram> all = new ArrayList<>();
		for (int i = 0; i < 200; i++) {
			all.add(steady());
		}
		assertThat(all).extracting((histogram) -> histogram.id).doesNotHaveDuplicates();
		for (int i = 0; i < all.size(); i++) {
			record(all.get(i), i);
		}
		this.buffers.record();
		for (int i = 0; i < all.size(); i++) {
			assertThat(all.get(i).count()).isEqualTo(DIRECT + i);
		}
	}

	@Test
	void whenHistogramIsRegisteredTwiceThenItKeepsItsId() {
		LatencyHistogram histogram = steady();
		int id = histogram.id;
		this.buffers.register(histogram);
		assertThat(histogram.id).isEqualTo(id);
		assertThat(steady().id).isEqualTo(id + 1);
	}

	@Test
	void whenHistogramIsReleasedThenItsSamplesAreIgnoredAndThoseOfOthersAreNot() {
		LatencyHistogram released = steady();
		LatencyHistogram kept = steady();
		record(released, 10);
		record(kept, 5);
		this.buffers.release(released);
		this.buffers.record();
		assertThat(released.count()).isEqualTo(DIRECT);
		assertThat(kept.count()).isEqualTo(DIRECT + 5);
	}

	@Test
	void whenHistogramIsReleasedThenLaterSamplesAreRecordedDirectly() {
		LatencyHistogram released = steady();
		this.buffers.release(released);
		record(released, 2 * DIRECT);
		assertThat(released.count()).isEqualTo(3 * DIRECT);
		assertThat(released.id).isEqualTo(LatencyHistogram.RELEASED);
	}

	@Test
	void whenHistogramIsReleasedBeforeItIsSteadyThenItNeverGetsAnId() {
		LatencyHistogram released = new LatencyHistogram();
		this.buffers.release(released);
		record(released, 2 * DIRECT);
		assertThat(released.count()).isEqualTo(2 * DIRECT);
		assertThat(released.id).isEqualTo(LatencyHistogram.RELEASED);
	}

	@Test
	void whenIdIsReleasedThenALateSampleOfItIsNobodys() {
		LatencyHistogram released = steady();
		int id = released.id;
		this.buffers.release(released);
		LatencyHistogram next = steady();
		assertThat(next.id).isGreaterThan(id);
		assertThat(this.buffer.add(id, 1)).isTrue();
		this.buffers.record();
		assertThat(next.count()).isEqualTo(DIRECT);
		assertThat(released.count()).isEqualTo(DIRECT);
	}

	@Test
	void whenIdsAreUsedUpThenFurtherHistogramsAreRecordedDirectlyAndOthersAreBuffered() {
		LatencyHistogram last = null;
		for (int i = 0; i < SampleBuffer.MAX_ID; i++) {
			last = new LatencyHistogram();
			this.buffers.register(last);
		}
		assertThat(last).isNotNull();
		assertThat(last.id).isEqualTo(SampleBuffer.MAX_ID);
		LatencyHistogram further = new LatencyHistogram();
		record(further, 3 * DIRECT);
		assertThat(further.count()).isEqualTo(3 * DIRECT);
		assertThat(further.id).isNotPositive();
		record(last, 7);
		assertThat(last.count()).isZero();
		this.buffers.record();
		assertThat(last.count()).isEqualTo(7);
	}

	@Test
	void whenMaximumIsResetThenBufferedSamplesArePartOfIt() {
		LatencyHistogram histogram = steady();
		histogram.record(1000, this.buffer);
		histogram.resetMax(this.buffers);
		histogram.record(10, this.buffer);
		this.buffers.record();
		assertThat(histogram.snapshot(this.buffers).maxNanos()).isEqualTo(10);
	}

	@Test
	@Tag("stress")
	void whenWritersAndReadersRaceThenEverySampleIsRecordedExactlyOnce() throws Exception {
		int writers = 2;
		int samples = 400_000;
		List<LatencyHistogram> all = new ArrayList<>();
		for (int i = 0; i < 100; i++) {
			all.add(new LatencyHistogram());
		}
		long[][] expected = new long[writers][all.size()];
		AtomicBoolean done = new AtomicBoolean();
		ExecutorService pool = Executors.newFixedThreadPool(writers + 2);
		try {
			List<Future<?>> written = new ArrayList<>();
			for (int writer = 0; writer < writers; writer++) {
				int slot = writer;
				written.add(pool.submit(() -> {
					Random random = new Random(slot);
					SampleBuffer own = this.buffers.get(slot);
					for (int i = 0; i < samples; i++) {
						int index = random.nextInt(all.size());
						all.get(index).record(random.nextInt(1000) - 1, own);
						expected[slot][index]++;
					}
				}));
			}
			List<Future<?>> read = new ArrayList<>();
			for (int reader = 0; reader < 2; reader++) {
				read.add(pool.submit(() -> {
					long before = 0;
					while (!done.get()) {
						this.buffers.record();
						long sum = all.stream().mapToLong(LatencyHistogram::count).sum();
						assertThat(sum).isGreaterThanOrEqualTo(before);
						before = sum;
						all.get(0).snapshot(this.buffers);
					}
				}));
			}
			for (Future<?> future : written) {
				future.get(30, TimeUnit.SECONDS);
			}
			done.set(true);
			for (Future<?> future : read) {
				future.get(30, TimeUnit.SECONDS);
			}
		}
		finally {
			done.set(true);
			pool.shutdownNow();
		}
		this.buffers.record();
		for (int i = 0; i < all.size(); i++) {
			assertThat(all.get(i).count()).isEqualTo(expected[0][i] + expected[1][i]);
			assertThat(all.get(i).snapshot(this.buffers).count()).isEqualTo(all.get(i).count());
		}
	}

}
