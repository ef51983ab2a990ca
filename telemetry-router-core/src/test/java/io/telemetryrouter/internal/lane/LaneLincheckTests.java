package io.telemetryrouter.internal.lane;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.Interleavings;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.event.DispatchStack;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.RunBinding;

@Tag("interleavings")
class LaneLincheckTests {

	/** They have models of their own, or no state that several threads write. */
	private static final String[] IGNORED = { EnvelopeSource.class.getName(), Envelope.class.getName(),
			EmitTracker.class.getName(), DispatchStacks.class.getName(), DispatchStack.class.getName(),
			DispatchFrame.class.getName(), RunBinding.class.getName(), OverflowReports.class.getName(),
			ContextPropagation.class.getName(), CallTimeout.class.getName() };

	@Test
	void whenAWorkerGoesIdleDuringAnOfferThenTheEventIsHandled() {
		Interleavings.validate(Serial.class, IGNORED);
	}

	@Test
	void whenAFlushIsReleasedThenTheEventsBeforeItAreHandled() {
		Interleavings.validate(Flushed.class, IGNORED);
	}

	public static class Serial extends LaneModel {

		public Serial() {
			super(3, OverflowPolicy.DROP_NEWEST, 1);
		}

		@Operation
		public void emitAndWork() {
			emit();
			work();
		}

		@Validate
		public void validate() {
			validateAll();
		}

	}

	public static class Flushed extends LaneModel {

		private final CountDownLatch[] flushes = { new CountDownLatch(1), new CountDownLatch(1) };

		private final AtomicInteger flushed = new AtomicInteger();

		private volatile boolean early;

		public Flushed() {
			super(4, OverflowPolicy.DROP_NEWEST, 1);
		}

		@Operation
		public void emitAndWork() {
			emit();
			work();
		}

		@Operation
		public void emitAndFlush() {
			emit();
			int before = this.emitted.get();
			int number = this.flushed.getAndIncrement();
			if (number < this.flushes.length) {
				this.lane.whenProcessed(this.flushes[number], null);
				this.early |= this.flushes[number].getCount() == 0 && this.handled.get() < before;
			}
		}

		@Validate
		public void validate() {
			validateAll();
			for (int i = 0; i < Math.min(this.flushed.get(), this.flushes.length); i++) {
				if (this.early || this.flushes[i].getCount() != 0) {
					throw new AssertionError(this.early ? "released early" : "not released");
				}
			}
		}

	}

}
