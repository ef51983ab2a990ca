package io.telemetryrouter.internal.dispatch;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.Interleavings;
import io.telemetryrouter.Silence;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.health.LogWriter;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.support.Ticker;

@Tag("interleavings")
class HoldBufferLincheckTests {

	@Test
	void whenEventsAreHeldDuringTheReleaseThenEachIsDeliveredOnceInTheOrderOfItsThread() {
		Interleavings.validate(Holding.class, EnvelopeSource.class.getName());
	}

	public static class Holding {

		private final Ticker ticker = new Ticker(() -> 0);

		private final EnvelopeSource envelopes = new EnvelopeSource(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
				this.ticker, new Runs());

		private final HoldBuffer buffer = new HoldBuffer(10, 10,
				new Reporter(new LogWriter(new Silence(), null), this.ticker));

		/** The thread of each event, by sequence number. */
		private final int[] threads = new int[32];

		private final List<Long> delivered = new ArrayList<>();

		private final AtomicInteger emitted = new AtomicInteger();

		private final AtomicInteger lost = new AtomicInteger();

		@Operation
		public void emit(@Param(gen = ThreadIdGen.class) int thread) {
			Envelope<?> event = this.envelopes.envelope("event", null, 0, null, null, null, null);
			this.threads[(int) event.sequence()] = thread;
			this.emitted.incrementAndGet();
			if (!this.buffer.hold(event)) {
				deliver(event);
			}
		}

		private synchronized void deliver(Envelope<?> event) {
			this.delivered.add(event.sequence());
		}

		@Operation
		public void release() {
			this.buffer.release(this::deliver, (name, count) -> this.lost.addAndGet((int) count));
		}

		@Validate
		public void validate() {
			release();
			long[] last = new long[32];
			boolean ordered = true;
			for (long number : this.delivered) {
				int thread = this.threads[(int) number];
				ordered &= last[thread] < number;
				last[thread] = number;
			}
			if (!ordered || this.delivered.size() + this.lost.get() != this.emitted.get()) {
				throw new AssertionError(this.delivered + " and " + this.lost + " lost of " + this.emitted);
			}
		}

	}

}
