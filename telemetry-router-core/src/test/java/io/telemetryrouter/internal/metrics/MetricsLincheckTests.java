package io.telemetryrouter.internal.metrics;

import java.util.concurrent.atomic.AtomicInteger;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.Interleavings;
import io.telemetryrouter.LatencySnapshot;

@Tag("interleavings")
class MetricsLincheckTests {

	@Test
	void whenThreadsAddToACounterThenItsSumIsExact() {
		Interleavings.validate(Counting.class);
	}

	@Test
	void whenThreadsRecordAndReadDurationsThenNoneIsLostOrCountedTwice() {
		Interleavings.validate(Buffered.class);
	}

	public static class Counting {

		private final StripedCounter counter = new StripedCounter();

		private final AtomicInteger added = new AtomicInteger();

		@Operation
		public void add() {
			this.counter.add(1, 0);
			this.added.incrementAndGet();
		}

		@Validate
		public void validate() {
			if (this.counter.sum() != this.added.get()) {
				throw new AssertionError(this.counter.sum() + " of " + this.added);
			}
		}

	}

	public static class Buffered {

		private final SampleBuffers buffers = new SampleBuffers(4);

		private final LatencyHistogram histogram = new LatencyHistogram();

		private final AtomicInteger recorded = new AtomicInteger();

		public Buffered() {
			this.buffers.register(this.histogram);
		}

		@Operation
		public void record(@Param(gen = ThreadIdGen.class) int thread) {
			this.histogram.record(1, this.buffers.get(thread));
			this.recorded.incrementAndGet();
		}

		@Operation
		public void read() {
			this.buffers.record();
		}

		@Validate
		public void validate() {
			this.buffers.record();
			LatencySnapshot snapshot = this.histogram.snapshot(this.buffers);
			if (snapshot.count() != this.recorded.get() || this.histogram.count() != this.recorded.get()) {
				throw new AssertionError(snapshot + " of " + this.recorded);
			}
		}

	}

}
