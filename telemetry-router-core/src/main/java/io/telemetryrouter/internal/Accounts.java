package io.telemetryrouter.internal;

import io.telemetryrouter.HandlerAccount;

/**
 * Reads the account of a handler from where its numbers are kept.
 */
final class Accounts {

	private Accounts() {
	}

	static HandlerAccount of(Registration handler, EmitFrames frames) {
		// Outcomes before what is offered: an event on its way then shows as missing, not
		// as handled before it was offered.
		long handled = handler.handled();
		Counters counters = handler.settledCounters();
		long offered = counters.get(Counters.OFFERED);
		long settled = counters.settled();
		Lane lane = handler.lane();
		long queued = (lane != null) ? lane.queue().size() : 0;
		long running = (offered != handled + settled + queued) ? frames.countRunning(handler.number) : 0;
		if (lane == null && !handler.isMeasured()) {
			handled = Math.max(0, offered - settled - running);
		}
		return new HandlerAccount(offered, handled, counters.get(Counters.FAILED), counters.get(Counters.FILTERED),
				counters.dropped(), queued, running);
	}

}
