package io.telemetryrouter.internal.registry;

import java.util.List;

import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.internal.lane.LaneServices;

/**
 * The services shared by all handlers of a router.
 */
public record HandlerServices(LaneServices lanes, List<HandlerErrorListener> errorListeners,
		QuarantineSettings quarantine) {
}
