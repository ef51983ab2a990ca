package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.SpilledEvent;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Throttle;

/**
 * Counts and reports what a lane drops, and ends what waits for an event.
 */
final class LaneDrops {

	private final LaneTarget target;

	private final LaneServices services;

	private final LaneQueue queue;

	private final OverflowPolicy overflow;

	/** Made with the first drop: most queues are never full. */
	private volatile @Nullable OverflowBurst burst;

	private final @Nullable SpillQueue spill;

	// Used by the watchdog's thread only.

	/** Whether it was reported that the lane is behind, and not yet the end of that. */
	private boolean behind;

	private long behindSince;

	private final Throttle behindReports = new Throttle();

	/** How many events had been spilled when the lane was last seen not behind. */
	private long spilledBefore;

	/** What was dropped, if the handler is to be told. */
	final @Nullable LaneGaps gaps;

	LaneDrops(LaneTarget target, LaneQueue queue, OverflowPolicy overflow, boolean gaps, LaneServices services) {
		this.target = target;
		this.services = services;
		this.queue = queue;
		this.overflow = overflow;
		this.gaps = gaps ? new LaneGaps(target) : null;
		this.spill = (queue instanceof SpillQueue spill) ? spill : null;
		if (this.spill != null) {
			this.spill.lost(this::dropLost);
			this.spilledBefore = this.spill.spilledTail();
		}
	}

	/** Drops an event that the queue has no room for, and the recorder no copy of. */
	void dropFull(Envelope<?> event) {
		if (this.spill != null && !this.services.recording().has(event)) {
			dropLost(event.spilled(), null);
		}
		else {
			drop(event, DropReason.QUEUE_FULL);
			overflown();
		}
	}

	/** Queues an event at the cost of others, if the policy permits it. */
	boolean replace(Envelope<?> event, Runnable evicted) {
		boolean oldest = this.overflow == OverflowPolicy.DROP_OLDEST;
		if (!oldest && (this.overflow != OverflowPolicy.DROP_NEWEST || !this.queue.isCritical(event))) {
			return false;
		}
		// A thread without stack must find out before it takes an event.
		Headroom.require();
		return this.queue.replace(event, oldest, (dropped) -> {
			dropFull(dropped);
			evicted.run();
		});
	}

	/** Never throws: without stack, say, there is no report, and the event is counted. */
	private void overflown() {
		try {
			OverflowBurst current = this.burst;
			((current != null) ? current : createBurst()).dropped();
		}
		catch (Throwable ex) {
			return;
		}
	}

	private synchronized OverflowBurst createBurst() {
		OverflowBurst current = (this.burst != null) ? this.burst : new OverflowBurst(this.target.handlerId(),
				this.queue, this.overflow, this.services.reporter(), this.services.ticker());
		this.burst = current;
		return current;
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

	/** Ends a burst that is over, and reports a lane that is behind. For the watchdog. */
	void check() {
		OverflowBurst current = this.burst;
		if (current != null) {
			current.check();
		}
		if (this.spill != null) {
			checkBehind(this.spill);
		}
	}

	private void checkBehind(SpillQueue queue) {
		long now = this.services.ticker().now();
		if (!queue.isBehind()) {
			if (this.behind) {
				this.behind = false;
				this.services.reporter()
					.caughtUp(this.target.handlerId(), now - this.behindSince,
							queue.spilledTail() - this.spilledBefore);
			}
			this.spilledBefore = queue.spilledTail();
		}
		else if (!this.behind && queue.spilledEvents() != 0
				&& this.behindReports.tryAcquire(now) != Throttle.SUPPRESSED) {
			this.behind = true;
			this.behindSince = now;
			this.services.reporter().fellBehind(this.target.handlerId(), queue.capacity());
		}
	}

	void end() {
		OverflowBurst current = this.burst;
		if (current != null) {
			current.end();
		}
	}

}
