package io.telemetryrouter.internal.registry;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;

import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.lane.LaneServices;
import io.telemetryrouter.internal.metrics.SampleBuffers;
import io.telemetryrouter.internal.support.Ticker;

/**
 * What all handlers of a router share.
 *
 * @param lanes what their lanes share
 * @param samples the sample buffers
 * @param reporter reports handlers in trouble
 * @param errorListeners are told of failed calls
 * @param callbacks runs error listeners that must not hold up the calling thread
 * @param quarantine when to quarantine a handler
 * @param clock the wall clock
 * @param ticker the monotonic clock
 * @param measured whether calls are measured
 */
public record HandlerServices(LaneServices lanes, SampleBuffers samples, Reporter reporter,
		List<HandlerErrorListener> errorListeners, Executor callbacks, QuarantineSettings quarantine,
		InstantSource clock, Ticker ticker, boolean measured) {
}
