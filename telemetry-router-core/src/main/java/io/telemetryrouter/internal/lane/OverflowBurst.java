package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.OverflowPolicy;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.support.Ticker;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * Reports that a lane drops events: one line at the begin, and one with the count when a
 * second has passed without a drop and the queue has room again. At most one burst in ten
 * seconds is reported; the count of the next one includes the drops of the others.
 */
final class OverflowBurst {

	private static final VarHandle DROPS = VarHandles.field(MethodHandles.lookup(), OverflowBurst.class, "drops",
			long.class);

	private static final long QUIET = TimeUnit.SECONDS.toNanos(1);

	/** The time from one report to the next at least. */
	private static final long INTERVAL = TimeUnit.SECONDS.toNanos(10);

	private final String handler;

	private final EventQueue<?> queue;

	private final OverflowPolicy policy;

	private final Reporter reporter;

	private final Ticker ticker;

	private volatile long drops;

	/** Whether the begin of a burst was reported. Written under this. */
	private volatile boolean reported;

	/** When the begin of a burst was last reported; guarded by this. */
	private @Nullable Long reportedAt;

	/** How many drops the watchdog saw last, and since when. Used by its thread only. */
	private long dropsSeen;

	private long seenSince;

	OverflowBurst(String handler, EventQueue<?> queue, OverflowPolicy policy, Reporter reporter, Ticker ticker) {
		this.handler = handler;
		this.queue = queue;
		this.policy = policy;
		this.reporter = reporter;
		this.ticker = ticker;
	}

	void dropped() {
		DROPS.getAndAdd(this, 1L);
		if (!this.reported) {
			long now = this.ticker.now();
			Headroom.require();
			synchronized (this) {
				if (this.reported || (this.reportedAt != null && now - this.reportedAt < INTERVAL)) {
					return;
				}
				this.reported = true;
				this.reportedAt = now;
			}
			this.reporter.overflowBegan(this.handler, this.queue.capacity(), this.queue.isFrozen(), this.policy);
		}
	}

	/** Ends a burst that is over. For the watchdog. */
	void check() {
		if (!this.reported) {
			return;
		}
		long now = System.nanoTime();
		long count = this.drops;
		if (count != this.dropsSeen) {
			this.dropsSeen = count;
			this.seenSince = now;
		}
		else if (now - this.seenSince >= QUIET && this.queue.size() < this.queue.capacity()) {
			end();
		}
	}

	void end() {
		long count;
		synchronized (this) {
			if (!this.reported) {
				return;
			}
			this.reported = false;
			count = (long) DROPS.getAndSet(this, 0L);
			this.dropsSeen = 0;
		}
		this.reporter.overflowEnded(this.handler, count);
	}

}
