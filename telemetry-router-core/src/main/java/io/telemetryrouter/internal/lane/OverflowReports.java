package io.telemetryrouter.internal.lane;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Throttle;

/**
 * Reports bursts of events without room. Each has two lines: one at its begin, and one
 * with the count when no event was dropped for a second and the queue has room again. At
 * most one burst in ten seconds is reported. Its count includes the drops of bursts that
 * were not reported.
 */
final class OverflowReports {

	private static final long QUIET = TimeUnit.SECONDS.toNanos(1);

	private final LaneQueue queue;

	private final OverflowPolicy overflow;

	private final LaneTarget target;

	private final LaneServices services;

	/** The number of dropped events that no line has reported yet. */
	private final AtomicLong count = new AtomicLong();

	private final Throttle bursts = new Throttle(TimeUnit.SECONDS.toNanos(10));

	/** Whether the begin of a burst was reported. Writes are guarded by this. */
	private volatile boolean inBurst;

	// Used by the watchdog's thread only.

	private long countSeen;

	private long seenSince;

	OverflowReports(LaneQueue queue, OverflowPolicy overflow, LaneTarget target, LaneServices services) {
		this.queue = queue;
		this.overflow = overflow;
		this.target = target;
		this.services = services;
	}

	void dropped() {
		this.count.incrementAndGet();
		if (!this.inBurst && begin(this.services.ticker().now())) {
			this.services.reporter()
				.overflowBegan(this.target.handlerId(), this.queue.capacity(), this.queue.isFrozen(), this.overflow);
		}
	}

	private boolean begin(long now) {
		Headroom.require();
		synchronized (this) {
			boolean begins = !this.inBurst && this.bursts.tryAcquire(now) != Throttle.SUPPRESSED;
			this.inBurst |= begins;
			return begins;
		}
	}

	/** Ends a burst that is over. For the watchdog. */
	void check() {
		if (!this.inBurst) {
			return;
		}
		long now = this.services.ticker().now();
		long dropped = this.count.get();
		if (dropped != this.countSeen) {
			this.countSeen = dropped;
			this.seenSince = now;
		}
		else if (now - this.seenSince >= QUIET && this.queue.size() < this.queue.capacity()) {
			this.countSeen = 0;
			end();
		}
	}

	void end() {
		long dropped;
		synchronized (this) {
			if (!this.inBurst) {
				return;
			}
			this.inBurst = false;
			dropped = this.count.getAndSet(0);
		}
		this.services.reporter().overflowEnded(this.target.handlerId(), dropped);
	}

}
