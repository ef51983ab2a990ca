package io.telemetryrouter.internal.lane;

import java.util.EnumMap;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.TelemetryGap;
import io.telemetryrouter.internal.event.Envelope;

/**
 * Collects the events that a lane drops between two {@link TelemetryGap} notices to its
 * handler. Emitters take the lock when they drop an event, workers when a notice is
 * pending.
 */
final class LaneGaps {

	private final LaneTarget target;

	private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);

	private long first;

	private long last;

	private volatile boolean pending;

	LaneGaps(LaneTarget target) {
		this.target = target;
	}

	boolean isPending() {
		return this.pending;
	}

	void add(Envelope<?> event, DropReason reason) {
		// The counts of a gap notice that is dropped are kept for the next notice.
		add(event.sequence(), reason, (event.sequence() < 0) ? event.payload() : null);
	}

	void add(long sequence, DropReason reason) {
		add(sequence, reason, null);
	}

	/**
	 * Never throws. Without memory the gap misses the event, but the account counts it.
	 */
	private void add(long sequence, DropReason reason, @Nullable Object notice) {
		try {
			add((notice instanceof TelemetryGap gap) ? gap
					: new TelemetryGap(this.target.handlerId(), sequence, sequence, Map.of(reason, 1L)));
		}
		catch (Throwable ex) {
			return;
		}
	}

	private synchronized void add(TelemetryGap gap) {
		this.first = this.pending ? Math.min(this.first, gap.firstSequence()) : gap.firstSequence();
		this.last = this.pending ? Math.max(this.last, gap.lastSequence()) : gap.lastSequence();
		gap.dropped().forEach((reason, count) -> this.dropped.merge(reason, count, Long::sum));
		this.pending = true;
	}

	/**
	 * Returns a gap notice for this handler alone and clears the gap; {@code null} if no
	 * gap is pending or no event is queued. The notice precedes the next queued event.
	 */
	synchronized @Nullable Envelope<?> take(LaneQueue queue, EventQueue.Position consumer) {
		Envelope<?> next = this.pending ? queue.peek() : null;
		if (next == null) {
			return null;
		}
		Envelope<?> event = next.notice(TelemetryGap.EVENT,
				new TelemetryGap(this.target.handlerId(), this.first, this.last, this.dropped));
		consumer.position = queue.oldest();
		this.target.offered();
		this.dropped.clear();
		this.pending = false;
		return event;
	}

}
