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
 * What all handlers of a router share. {@code callbacks} runs user code that must run and
 * never refuses.
 */
public record HandlerServices(LaneServices lanes, SampleBuffers samples, Reporter reporter,
		List<HandlerErrorListener> errorListeners, Executor callbacks, QuarantineSettings quarantine,
		InstantSource clock, Ticker ticker, boolean measured) {
}
