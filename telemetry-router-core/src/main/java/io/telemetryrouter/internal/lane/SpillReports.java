package io.telemetryrouter.internal.lane;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Throttle;

/**
 * Reports that a lane which spills is behind, that it no longer is, and that events could
 * not be read back.
 */
final class SpillReports {

	private final SpillQueue queue;

	private final LaneTarget target;

	private final LaneServices services;

	private final Throttle lossReports = new Throttle();

	private final Throttle behindReports = new Throttle();

	// Guarded by this.

	/** Whether the lane was reported as behind, and not as caught up since. */
	private boolean behind;

	private long behindSince;

	/** The number of spilled events when the lane was last seen not behind. */
	private long spilledBefore;

	SpillReports(SpillQueue queue, LaneTarget target, LaneServices services) {
		this.queue = queue;
		this.target = target;
		this.services = services;
		this.spilledBefore = queue.spilledTail();
	}

	/**
	 * Reports an event that the recorder does not have or cannot read. Never throws: the
	 * event is counted already.
	 */
	void lost(@Nullable Throwable failure) {
		try {
			this.services.reporter().notJournalled(this.target.handlerId(), failure, this.lossReports);
		}
		catch (Throwable ex) {
			return;
		}
	}

	/** Reports whether the lane is behind. */
	void check() {
		check(this.services.ticker().now());
	}

	private synchronized void check(long now) {
		if (!this.queue.isBehind()) {
			caughtUp(now);
			this.spilledBefore = this.queue.spilledTail();
		}
		else if (!this.behind && this.queue.spilledEvents() != 0
				&& this.behindReports.tryAcquire(now) != Throttle.SUPPRESSED) {
			this.behind = true;
			this.behindSince = now;
			this.services.reporter().fellBehind(this.target.handlerId(), this.queue.capacity());
		}
	}

	/** Reports that no event is left. The queue is behind until a worker finds that. */
	void end() {
		long now = this.services.ticker().now();
		synchronized (this) {
			caughtUp(now);
		}
	}

	private void caughtUp(long now) {
		if (this.behind) {
			this.behind = false;
			this.services.reporter()
				.caughtUp(this.target.handlerId(), now - this.behindSince,
						this.queue.spilledTail() - this.spilledBefore);
		}
	}

}
