package io.telemetryrouter.internal.lane;

import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.Interleavings;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;

@Tag("interleavings")
class LaneQueueLincheckTests {

	@Test
	void whenProducersReplaceEventsThenEachEventIsTakenInOrderOrDropped() {
		Interleavings.validate(Replacing.class, EnvelopeSource.class.getName());
	}

	public static class Replacing extends LaneQueueModel {

		private final LaneQueue queue = new LaneQueue(2, (event) -> event.name().equals("critical"));

		@Override
		LaneQueue queue() {
			return this.queue;
		}

		@Operation
		public void offer(@Param(gen = ThreadIdGen.class) int thread, @Param(gen = BooleanGen.class) boolean critical) {
			Envelope<?> event = event(thread, critical ? "critical" : "event");
			boolean queued = this.queue.offer(event)
					|| this.queue.replace(event, true, (evicted) -> this.dropped.incrementAndGet());
			if (!queued) {
				this.dropped.incrementAndGet();
			}
		}

		@Operation(nonParallelGroup = "worker")
		public boolean poll() {
			return take();
		}

		@Validate
		public void validate() {
			validateAll();
		}

	}

}
