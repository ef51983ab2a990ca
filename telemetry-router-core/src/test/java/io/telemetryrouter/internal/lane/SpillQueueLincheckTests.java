package io.telemetryrouter.internal.lane;

import java.time.Instant;
import java.util.UUID;

import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.Interleavings;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.RecordedEvent;
import io.telemetryrouter.TelemetryEvent;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;

@Tag("interleavings")
class SpillQueueLincheckTests {

	@Test
	void whenProducersSpillThenTheWorkerTakesAllEventsOfEachInOrder() {
		Interleavings.validate(Spilling.class, EnvelopeSource.class.getName(), SpilledEvents.class.getName());
	}

	public static class Spilling extends LaneQueueModel implements EventRecorder {

		/** By sequence number. */
		private final RecordedEvent[] recording = new RecordedEvent[MAX_EVENTS];

		private final SpillQueue queue;

		public Spilling() {
			LaneModel lane = new LaneModel(1, OverflowPolicy.DROP_NEWEST, 1);
			lane.recording.set(this, true);
			this.queue = new SpillQueue(2, false, lane, lane.services,
					(event, failure) -> this.dropped.incrementAndGet());
		}

		@Override
		LaneQueue queue() {
			return this.queue;
		}

		/**
		 * Offers an event that is recorded, and one that the recorder has in its queue.
		 */
		@Operation
		public void offerTwo(@Param(gen = ThreadIdGen.class) int thread) {
			Envelope<?> recorded = event(thread, "event");
			Envelope.recorded(recorded, record(recorded));
			if (!this.queue.offer(recorded) || !this.queue.offer(event(thread, "event"))) {
				throw new AssertionError("not spilled");
			}
		}

		@Operation(nonParallelGroup = "worker")
		public boolean poll() {
			return take();
		}

		@Validate
		public void validate() {
			validateAll();
			if (this.dropped.get() != 0 || this.queue.isBehind()) {
				throw new AssertionError(this.dropped + " lost, or still behind");
			}
		}

		@Override
		public long record(TelemetryEvent<?> event) {
			this.recording[(int) event.sequence()] = new InMemory(event.name(), event.sequence());
			return event.sequence();
		}

		@Override
		public Reader reader() {
			return new Reader() {

				@Override
				public @Nullable RecordedEvent read(long number) {
					return Spilling.this.recording[(int) number];
				}

				@Override
				public void close() {
				}

			};
		}

		@Override
		public Cursor cursor(String handlerId) {
			throw new UnsupportedOperationException();
		}

	}

	private record InMemory(String name, long sequence) implements RecordedEvent {

		@Override
		public Instant timestamp() {
			return Instant.EPOCH;
		}

		@Override
		public UUID id() {
			throw new UnsupportedOperationException();
		}

		@Override
		public @Nullable String runId() {
			return null;
		}

		@Override
		public @Nullable UUID causationId() {
			return null;
		}

		@Override
		public @Nullable Object payload(Class<?> type) {
			return null;
		}

	}

}
