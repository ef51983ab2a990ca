package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.SpilledEvent;
import io.telemetryrouter.internal.support.Headroom;

/**
 * Counts and reports the events that a lane drops, and completes the trackers of events
 * that leave the lane.
 */
final class LaneDrops {

	private final LaneTarget target;

	private final LaneServices services;

	private final LaneQueue queue;

	private final OverflowPolicy overflow;

	/** {@code null} if the lane does not spill. */
	private final @Nullable SpillReports spillReports;

	/** Collects dropped events; {@code null} if the handler gets no gap notices. */
	final @Nullable LaneGaps gaps;

	/** {@code null} until the first event without room. Written under this. */
	private volatile @Nullable OverflowReports overflowReports;

	LaneDrops(LaneTarget target, LaneQueue queue, OverflowPolicy overflow, boolean gaps, LaneServices services) {
		this.target = target;
		this.services = services;
		this.queue = queue;
		this.overflow = overflow;
		this.gaps = gaps ? new LaneGaps(target) : null;
		this.spillReports = (queue instanceof SpillQueue spill) ? new SpillReports(spill, target, services) : null;
	}

	/** Drops an event that the queue has no room for. */
	void dropFull(Envelope<?> event) {
		if (this.spillReports != null && !this.services.recording().has(event)) {
			dropLost(event.spilled(), null);
		}
		else {
			drop(event, DropReason.QUEUE_FULL);
			overflown();
		}
	}

	/** Queues an event in place of others, if the overflow policy permits it. */
	boolean replace(Envelope<?> event, Runnable evicted) {
		boolean oldest = this.overflow == OverflowPolicy.DROP_OLDEST;
		if (!oldest && (this.overflow != OverflowPolicy.DROP_NEWEST || !this.queue.isCritical(event))) {
			return false;
		}
		// A thread without stack fails here, before it takes an event.
		Headroom.require();
		return this.queue.replace(event, oldest, (dropped) -> {
			dropFull(dropped);
			evicted.run();
		});
	}

	/** Never throws. Without stack or memory the event is counted but not reported. */
	private void overflown() {
		try {
			OverflowReports reports = this.overflowReports;
			((reports != null) ? reports : createReports()).dropped();
		}
		catch (Throwable ex) {
			return;
		}
	}

	private synchronized OverflowReports createReports() {
		OverflowReports known = (this.overflowReports != null) ? this.overflowReports
				: new OverflowReports(this.queue, this.overflow, this.target, this.services);
		this.overflowReports = known;
		return known;
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
		EmitTracker.dequeued(event.tracker());
	}

	/** Drops an event that the recorder does not have or cannot read. */
	void dropLost(SpilledEvent event, @Nullable Throwable failure) {
		drop(event, DropReason.NOT_JOURNALLED);
		if (this.spillReports != null) {
			this.spillReports.lost(failure);
		}
	}

	/**
	 * Adds a dropped event to the next gap notice, if the handler gets gap notices. If
	 * the handler is the recorder, no lane waits for the event to be recorded.
	 */
	void missed(Envelope<?> event, DropReason reason) {
		if (this.gaps != null) {
			this.gaps.add(event, reason);
		}
		releaseRecording(event);
	}

	private void releaseRecording(Envelope<?> event) {
		if (this.target.isRecorder()) {
			event.markNotRecorded();
		}
	}

	/** Called when an event has left the lane and is processed. */
	void done(Envelope<?> event) {
		releaseRecording(event);
		EmitTracker.dequeued(event.tracker());
	}

	/** Ends a burst that is over, and reports a lane that is behind. For the watchdog. */
	void check() {
		OverflowReports reports = this.overflowReports;
		if (reports != null) {
			reports.check();
		}
		if (this.spillReports != null) {
			this.spillReports.check();
		}
	}

	/** Reports the end of what was reported to have begun. No event is left. */
	void end() {
		endBurst();
		if (this.spillReports != null) {
			this.spillReports.end();
		}
	}

	void endBurst() {
		OverflowReports reports = this.overflowReports;
		if (reports != null) {
			reports.end();
		}
	}

}
