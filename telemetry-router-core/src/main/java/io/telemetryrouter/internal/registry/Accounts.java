package io.telemetryrouter.internal.registry;

import java.util.Map;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.HandlerAccount;
import io.telemetryrouter.internal.event.DispatchStacks;
import io.telemetryrouter.internal.metrics.Counters;

/**
 * Reads the account of a handler from where its numbers are kept.
 *
 * @since 0.1.0
 */
public final class Accounts {

	private Accounts() {
	}

	public static HandlerAccount of(Handler handler, DispatchStacks frames) {
		// Outcomes before what is offered: an event on its way then shows as missing, and
		// never as handled before it was offered, or hidden behind one that came later.
		long handled = handler.handled();
		Counters counters = handler.counters();
		long failed = counters.get(Counters.FAILED);
		long filtered = counters.get(Counters.FILTERED);
		Map<DropReason, Long> dropped = counters.dropped();
		handler.settle();
		long offered = counters.get(Counters.OFFERED);
		HandlerAccount account = new HandlerAccount(offered, handled, failed, filtered, dropped,
				(handler.lane() != null) ? handler.lane().queue().size() : 0, 0);
		if (account.isBalanced()) {
			return account;
		}
		long running = frames.countRunning(handler.number);
		if (handler.isDerived()) {
			handled = Math.max(0, offered - failed - filtered - account.droppedTotal() - running);
		}
		return new HandlerAccount(offered, handled, failed, filtered, dropped, account.queued(), running);
	}

	/**
	 * Reads the account of handlers whose handled events are what is left.
	 * @param counters the counts of the handlers taken together
	 * @return the account
	 */
	static HandlerAccount derived(Counters counters) {
		HandlerAccount open = of(counters);
		return new HandlerAccount(open.offered(),
				Math.max(0, open.offered() - open.failed() - open.filtered() - open.droppedTotal()), open.failed(),
				open.filtered(), open.dropped(), 0, 0);
	}

	public static HandlerAccount of(Counters counters) {
		return new HandlerAccount(counters.get(Counters.OFFERED), counters.get(Counters.HANDLED),
				counters.get(Counters.FAILED), counters.get(Counters.FILTERED), counters.dropped(), 0, 0);
	}

}
