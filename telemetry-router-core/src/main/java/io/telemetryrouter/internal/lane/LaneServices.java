package io.telemetryrouter.internal.lane;

import java.time.InstantSource;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.support.Ticker;

/**
 * What all lanes of a router share.
 *
 * @param executor gives workers their threads
 * @param carrier restores the context of an event, if any does
 * @param samples the sample buffers
 * @param reporter reports lanes in trouble
 * @param clock the wall clock
 * @param ticker the monotonic clock
 * @param measured whether calls and waits are measured
 * @param blockNanos how long an emitter waits for room at most
 * @param timeoutNanos after how long a call is given up, or 0 for never
 */
public record LaneServices(LaneExecutor executor, @Nullable ContextCarrier carrier, SampleBuffers samples,
		Reporter reporter, InstantSource clock, Ticker ticker, boolean measured, long blockNanos, long timeoutNanos) {

	boolean hasTimeout() {
		return this.timeoutNanos != 0;
	}

}
