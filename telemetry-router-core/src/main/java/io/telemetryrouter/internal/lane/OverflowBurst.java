package io.telemetryrouter.internal.lane;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

import io.telemetryrouter.internal.support.Headroom;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.RouterCore;
import io.telemetryrouter.internal.support.Throttle;

/**
 * Reports that a lane drops events: one line when it begins, and one with the count when
 * a second has passed without a drop and the queue has room again. At most one burst in
 * ten seconds is reported; the drops of others are in the count of the next.
 */
final class OverflowBurst {

	private final Handler handler;

	private final EventQueue queue;

	private final RouterCore core;

	private final Throttle reports = new Throttle(TimeUnit.SECONDS.toNanos(10));

	private final AtomicLong drops = new AtomicLong();

	private final AtomicBoolean reported = new AtomicBoolean();

	OverflowBurst(Handler handler, EventQueue queue, RouterCore core) {
		this.handler = handler;
		this.queue = queue;
		this.core = core;
	}

	/**
	 * Called after a drop.
	 */
	void dropped() {
		long count = this.drops.incrementAndGet();
		if (!this.reported.get() && this.reports.tryAcquire(this.core.now()) != Throttle.SUPPRESSED) {
			Headroom.require();
			if (this.reported.compareAndSet(false, true)) {
				this.core.reporter().burstBegan(this.handler, this.queue.capacity());
				checkLater(count);
			}
		}
	}

	private void checkLater(long count) {
		CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS, this.core.executor()::executeSurely).execute(() -> {
			long now = this.drops.get();
			if (now == count && this.queue.size() < this.queue.capacity()) {
				end();
			}
			else if (this.reported.get()) {
				checkLater(now);
			}
		});
	}

	/**
	 * Ends a burst that was reported.
	 */
	void end() {
		if (this.reported.compareAndSet(true, false)) {
			this.core.reporter().burstEnded(this.handler, this.drops.getAndSet(0));
		}
	}

}
