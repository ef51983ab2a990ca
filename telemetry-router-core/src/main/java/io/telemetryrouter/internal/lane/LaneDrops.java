package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.SpilledEvent;

/**
 * Counts and reports what a lane drops, and ends what waits for an event.
 */
final class LaneDrops {

	private final LaneTarget target;

	private final LaneServices services;

	private final OverflowBurst burst;

	private final @Nullable SpillQueue spill;

	/** What was dropped, if the handler is to be told. */
	final @Nullable LaneGaps gaps;

	LaneDrops(LaneTarget target, LaneQueue queue, OverflowPolicy overflow, boolean gaps, LaneServices services) {
		this.target = target;
		this.services = services;
		this.burst = new OverflowBurst(target.handlerId(), queue, overflow, services.reporter(), services.ticker());
		this.gaps = gaps ? new LaneGaps(target) : null;
		this.spill = (queue instanceof SpillQueue spill) ? spill : null;
		if (this.spill != null) {
			this.spill.lost(this::dropLost);
		}
	}

	/** Drops an event that the queue has no room for, and the recorder no copy of. */
	void dropFull(Envelope<?> event) {
		if (this.spill != null && !this.spill.isRecorded(event)) {
			dropLost(event.spilled(), null);
		}
		else {
			drop(event, DropReason.QUEUE_FULL);
			this.burst.dropped();
		}
	}

	void drop(Envelope<?> event, DropReason reason) {
		missed(event, reason);
		this.target.drop(reason, event.tracker());
		done(event);
	}

	void drop(SpilledEvent event, DropReason reason) {
		if (this.gaps != null) {
			this.gaps.add(event.sequence(), reason);
		}
		this.target.drop(reason, event.tracker());
		event.dequeued();
	}

	/** Drops an event that the recorder does not have, or cannot give back. */
	void dropLost(SpilledEvent event, @Nullable Throwable failure) {
		drop(event, DropReason.NOT_JOURNALLED);
		if (this.spill != null) {
			this.services.reporter().notJournalled(this.target.handlerId(), failure, this.spill.reports);
		}
	}

	/** Remembers a dropped event for a handler that is told of gaps. */
	void missed(Envelope<?> event, DropReason reason) {
		if (this.gaps != null) {
			this.gaps.add(event, reason);
		}
		leftRecorder(event);
	}

	private void leftRecorder(Envelope<?> event) {
		if (this.target.isRecorder()) {
			event.leftRecorder();
		}
	}

	/** Called when an event has left the lane and is processed. */
	void done(Envelope<?> event) {
		leftRecorder(event);
		event.dequeued();
	}

	/** Ends a burst that is over. For the watchdog. */
	void check() {
		this.burst.check();
	}

	void end() {
		this.burst.end();
	}

}
