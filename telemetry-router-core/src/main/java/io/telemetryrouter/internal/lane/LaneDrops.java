package io.telemetryrouter.internal.lane;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.SpilledEvent;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Throttle;

/**
 * Counts and reports the events that a lane drops, and completes the trackers of events
 * that leave the lane.
 * <p>
 * A burst of events without room is reported with two lines: one at its begin, and one
 * with the count when no event was dropped for a second and the queue has room again. At
 * most one burst in ten seconds is reported. Its count includes the drops of bursts that
 * were not reported.
 */
final class LaneDrops {

	private static final long QUIET = TimeUnit.SECONDS.toNanos(1);

	private final LaneTarget target;

	private final LaneServices services;

	private final LaneQueue queue;

	private final OverflowPolicy overflow;

	private final @Nullable SpillQueue spill;

	private final Throttle lossReports = new Throttle();

	/** Collects dropped events; {@code null} if the handler gets no gap notices. */
	final @Nullable LaneGaps gaps;

	/** The number of events without room that no line has reported yet. */
	private final AtomicLong overflown = new AtomicLong();

	private final Throttle bursts = new Throttle(TimeUnit.SECONDS.toNanos(10));

	/** Whether the begin of a burst was reported. Writes are guarded by this. */
	private volatile boolean inBurst;

	// Used by the watchdog's thread only.

	private long overflownSeen;

	private long seenSince;

	/** Whether the lane was reported as behind, and not as caught up since. */
	private boolean behind;

	private long behindSince;

	private final Throttle behindReports = new Throttle();

	/** The number of spilled events when the lane was last seen not behind. */
	private long spilledBefore;

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

	/** Drops an event that the queue has no room for. */
	void dropFull(Envelope<?> event) {
		if (this.overflow == OverflowPolicy.SPILL && !this.services.recording().has(event)) {
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
			this.overflown.incrementAndGet();
			if (!this.inBurst && beginBurst(this.services.ticker().now())) {
				this.services.reporter()
					.overflowBegan(this.target.handlerId(), this.queue.capacity(), this.queue.isFrozen(),
							this.overflow);
			}
		}
		catch (Throwable ex) {
			return;
		}
	}

	private boolean beginBurst(long now) {
		Headroom.require();
		synchronized (this) {
			boolean begins = !this.inBurst && this.bursts.tryAcquire(now) != Throttle.SUPPRESSED;
			this.inBurst |= begins;
			return begins;
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
		EmitTracker.dequeued(event.tracker());
	}

	/** Drops an event that the recorder does not have or cannot read. */
	void dropLost(SpilledEvent event, @Nullable Throwable failure) {
		drop(event, DropReason.NOT_JOURNALLED);
		this.services.reporter().notJournalled(this.target.handlerId(), failure, this.lossReports);
	}

	/** Adds a dropped event to the next gap notice, if the handler gets gap notices. */
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
		if (this.inBurst) {
			checkBurst();
		}
		if (this.spill != null) {
			checkBehind(this.spill);
		}
	}

	private void checkBurst() {
		long now = System.nanoTime();
		long count = this.overflown.get();
		if (count != this.overflownSeen) {
			this.overflownSeen = count;
			this.seenSince = now;
		}
		else if (now - this.seenSince >= QUIET && this.queue.size() < this.queue.capacity()) {
			this.overflownSeen = 0;
			endBurst();
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

	void endBurst() {
		long count;
		synchronized (this) {
			if (!this.inBurst) {
				return;
			}
			this.inBurst = false;
			count = this.overflown.getAndSet(0);
		}
		this.services.reporter().overflowEnded(this.target.handlerId(), count);
	}

}
