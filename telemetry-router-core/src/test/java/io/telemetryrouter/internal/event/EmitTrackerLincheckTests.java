package io.telemetryrouter.internal.event;

import java.util.concurrent.atomic.AtomicInteger;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.EmitOutcome;
import io.telemetryrouter.Interleavings;
import io.telemetryrouter.internal.event.EmitTracker.Outcome;

@Tag("interleavings")
class EmitTrackerLincheckTests {

	@Test
	void whenLanesEndDuringTheEmitThenTheFutureCompletesOnceWithAllOutcomes() {
		Interleavings.validate(Emit.class);
	}

	/** An emit to a lane that has the event already, and to one that does not. */
	public static class Emit {

		private final AtomicInteger completions = new AtomicInteger();

		private final EmitTracker tracker = new EmitTracker((task) -> {
			this.completions.incrementAndGet();
			task.run();
		});

		private final AtomicInteger ended = new AtomicInteger();

		public Emit() {
			EmitTracker.enqueued(this.tracker);
		}

		@Operation(runOnce = true)
		public void handle() {
			EmitTracker.count(this.tracker, Outcome.HANDLED);
			EmitTracker.dequeued(this.tracker);
			this.ended.incrementAndGet();
		}

		@Operation(runOnce = true)
		public void emit() {
			EmitTracker.enqueued(this.tracker);
			EmitTracker.count(this.tracker, Outcome.DROPPED);
			EmitTracker.dequeued(this.tracker);
			this.tracker.emitted();
			this.ended.incrementAndGet();
		}

		@Validate
		public void validate() {
			EmitOutcome outcome = this.tracker.future().getNow(null);
			boolean correct = (this.ended.get() == 2) ? new EmitOutcome(1, 0, 0, 1).equals(outcome) : outcome == null;
			if (!correct || this.completions.get() > 1) {
				throw new AssertionError(outcome + " after " + this.ended + " parts");
			}
		}

	}

}
