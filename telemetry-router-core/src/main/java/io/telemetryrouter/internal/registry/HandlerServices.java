package io.telemetryrouter.internal.registry;

import java.util.List;

import io.telemetryrouter.HandlerErrorListener;
import io.telemetryrouter.QuarantineSettings;
import io.telemetryrouter.internal.lane.LaneServices;

/**
 * What all handlers of a router share, with their lanes or beside them.
 */
public record HandlerServices(LaneServices lanes, List<HandlerErrorListener> errorListeners,
		QuarantineSettings quarantine) {
}
