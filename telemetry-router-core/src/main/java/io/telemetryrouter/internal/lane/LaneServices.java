package io.telemetryrouter.internal.lane;

import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.support.Ticker;

/**
 * The services shared by all lanes of a router.
 *
 * @param blockingAllowed whether the calling thread may wait for room; never throws
 * @param blockNanos the maximum time that an emitter waits for room
 * @param timeoutNanos the handler timeout, or 0 for none
 * @param critical whether an event is spared while others can be dropped; never throws
 */
public record LaneServices(LaneExecutor executor, ContextPropagation context, SampleBuffers samples, Reporter reporter,
		InstantSource clock, Ticker ticker, boolean measured, BooleanSupplier blockingAllowed, long blockNanos,
		long timeoutNanos, Predicate<Envelope<?>> critical, Recording recording) {

	/**
	 * Returns the services of a lane with a handler timeout, which uses the router's own
	 * threads if {@code ownThreads} is set.
	 */
	public LaneServices with(boolean ownThreads, long timeoutNanos) {
		if (!ownThreads && timeoutNanos == this.timeoutNanos) {
			// Most lanes share one object: an idle handler should be small.
			return this;
		}
		return new LaneServices(ownThreads ? this.executor.own() : this.executor, this.context, this.samples,
				this.reporter, this.clock, this.ticker, this.measured, this.blockingAllowed, this.blockNanos,
				timeoutNanos, this.critical, this.recording);
	}

}
