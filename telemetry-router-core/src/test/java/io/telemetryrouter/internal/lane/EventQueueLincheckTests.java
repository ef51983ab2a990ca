package io.telemetryrouter.internal.lane;

import java.util.ArrayDeque;

import org.jetbrains.lincheck.datastructures.BooleanGen;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import io.telemetryrouter.Interleavings;

@Tag("interleavings")
@Param(name = "event", gen = IntGen.class, conf = "1:5")
public class EventQueueLincheckTests {

	private final EventQueue<Integer> queue = new EventQueue<>(2);

	@Operation
	public boolean offer(@Param(name = "event") int event) {
		return this.queue.offer(event);
	}

	/** A position that is claimed and not published yet ends the queue for a moment. */
	@Operation
	public @Nullable Integer poll() {
		Integer event = this.queue.poll(new EventQueue.Position());
		while (event == null && !this.queue.isEmpty() && !this.queue.isFrozen()) {
			event = this.queue.poll(new EventQueue.Position());
		}
		return event;
	}

	@Operation
	public void freeze(@Param(gen = BooleanGen.class) boolean frozen) {
		this.queue.freeze(frozen);
	}

	@Test
	void whenThreadsOfferPollAndFreezeThenTheQueueIsLinearizable() {
		Interleavings.compare(EventQueueLincheckTests.class, Sequential.class);
	}

	public static class Sequential {

		private final ArrayDeque<Integer> queue = new ArrayDeque<>();

		private boolean frozen;

		public boolean offer(int event) {
			return this.queue.size() < 2 && this.queue.offer(event);
		}

		public @Nullable Integer poll() {
			return this.frozen ? null : this.queue.poll();
		}

		public void freeze(boolean frozen) {
			this.frozen = frozen;
		}

	}

}
