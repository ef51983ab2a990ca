package io.telemetryrouter.internal.lane;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.EnvelopeSource;
import io.telemetryrouter.internal.event.Runs;
import io.telemetryrouter.internal.support.Ticker;

/**
 * A queue with several producers and one worker, for models of its interleavings. Each
 * event is either taken or dropped, and those of a producer are taken in order.
 */
abstract class LaneQueueModel {

	static final int MAX_EVENTS = 32;

	static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);

	final EnvelopeSource envelopes = new EnvelopeSource(CLOCK, new Ticker(() -> 0), new Runs());

	/** The thread of each event, by sequence number. */
	private final int[] threads = new int[MAX_EVENTS];

	final AtomicInteger offered = new AtomicInteger();

	final AtomicInteger dropped = new AtomicInteger();

	private final EventQueue.Position worker = new EventQueue.Position();

	/** The sequence numbers of the events that were taken. */
	private final List<Long> taken = new ArrayList<>();

	abstract LaneQueue queue();

	Envelope<?> event(int thread, String name) {
		Envelope<?> event = this.envelopes.envelope(name, null, 0, null, null, null, null);
		this.offered.incrementAndGet();
		this.threads[(int) event.sequence()] = thread;
		return event;
	}

	boolean take() {
		Envelope<?> event = queue().poll(this.worker);
		return event != null && this.taken.add(event.sequence());
	}

	void validateAll() {
		boolean more = true;
		while (more) {
			more = take();
		}
		long[] last = new long[MAX_EVENTS];
		boolean ordered = true;
		for (long number : this.taken) {
			int thread = this.threads[(int) number];
			ordered &= last[thread] < number;
			last[thread] = number;
		}
		if (!ordered || this.taken.size() + this.dropped.get() != this.offered.get() || !queue().isEmpty()) {
			throw new AssertionError("taken: " + this.taken + ", dropped: " + this.dropped + ", offered: "
					+ this.offered + ", left: " + queue().size());
		}
	}

}
