package io.telemetryrouter.internal.lane;

import java.time.InstantSource;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.ContextCarrier;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.support.Ticker;

/**
 * The services shared by all lanes of a router.
 *
 * @param blockNanos how long an emitter waits for room at most
 * @param timeoutNanos after how long a call times out, or 0 for never; of handlers that
 * do not set it
 */
public record LaneServices(LaneExecutor executor, @Nullable ContextCarrier carrier, SampleBuffers samples,
		Reporter reporter, InstantSource clock, Ticker ticker, boolean measured, long blockNanos, long timeoutNanos) {
}
