package io.telemetryrouter.internal.registry;

import io.telemetryrouter.DropReason;
import io.telemetryrouter.internal.health.CircuitBreaker;
import io.telemetryrouter.internal.health.StuckCalls;
import io.telemetryrouter.internal.lane.Lane;

/**
 * A handler as its circuit breaker sees it.
 */
record QuarantinedHandler(Handler handler) implements CircuitBreaker.Target {

	@Override
	public String handlerId() {
		return this.handler.handlerId();
	}

	@Override
	public long handlerNumber() {
		return this.handler.handlerNumber();
	}

	@Override
	public StuckCalls stuckCalls() {
		return this.handler.stuckCalls();
	}

	@Override
	public boolean isActive() {
		return this.handler.isActive();
	}

	@Override
	public boolean isQuarantined() {
		return this.handler.admission.has(Admission.QUARANTINED);
	}

	@Override
	public void quarantine(boolean quarantined) {
		Lane lane = this.handler.lane();
		// The admission decides: set last, cleared first.
		if (quarantined && lane != null) {
			lane.quarantine(true);
		}
		this.handler.admission.set(Admission.QUARANTINED, quarantined);
		if (!quarantined && lane != null) {
			lane.quarantine(false);
		}
	}

	@Override
	public void countCalls(boolean counted) {
		if (counted != this.handler.admission.has(Admission.COUNTED)) {
			this.handler.admission.set(Admission.COUNTED, counted);
		}
	}

	@Override
	public long skipped() {
		return this.handler.metrics.counters.dropped(DropReason.QUARANTINED);
	}

}
