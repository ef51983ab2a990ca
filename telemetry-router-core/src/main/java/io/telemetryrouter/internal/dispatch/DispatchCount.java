package io.telemetryrouter.internal.dispatch;

import java.util.List;

import io.telemetryrouter.internal.metrics.Counters;
import io.telemetryrouter.internal.metrics.StripedCounter;
import io.telemetryrouter.internal.registry.EventStatistics;
import io.telemetryrouter.internal.registry.Handler;
import io.telemetryrouter.internal.support.Headroom;

/**
 * How many events were dispatched by a route: one count for all its handlers, which is
 * reconciled with theirs, and with that of the event, when a reader asks for it.
 * Thread-safe.
 * <p>
 * An emit counts itself first and then checks whether the route is retired; retiring sets
 * the mark first and then reconciles. Whichever way the two interleave, one of them sees
 * the other, so a retired route can be dropped at once.
 */
final class DispatchCount {

	private final EventStatistics statistics;

	private final List<Handler> handlers;

	private final boolean dead;

	private final StripedCounter counted = new StripedCounter();

	private volatile boolean retired;

	/** Guarded by this. */
	private long reconciled;

	DispatchCount(EventStatistics statistics, List<Handler> handlers, boolean dead) {
		this.dead = dead;
		this.statistics = statistics;
		this.handlers = handlers;
	}

	/** Counts events; the stripe hint spreads threads that would meet otherwise. */
	void add(long events, int stripeHint) {
		if (this.retired) {
			// Whatever is counted has to be reconciled, which takes some stack.
			Headroom.require();
		}
		this.counted.add(events, stripeHint);
		if (this.retired) {
			reconcile();
		}
	}

	long sum() {
		return this.counted.sum();
	}

	/** Makes late emits reconcile themselves. */
	void retire() {
		this.retired = true;
		reconcile();
	}

	synchronized void reconcile() {
		// No part of the sum ever falls, so that each event is in exactly one difference.
		long sum = this.counted.sum();
		long count = sum - this.reconciled;
		if (count == 0) {
			return;
		}
		this.reconciled = sum;
		this.statistics.emitted(count, !this.dead);
		for (Handler handler : this.handlers) {
			handler.metrics.counters.add(Counters.OFFERED, count);
		}
	}

}
