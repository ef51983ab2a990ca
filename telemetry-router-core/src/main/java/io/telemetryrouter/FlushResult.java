package io.telemetryrouter;

import java.util.Map;

/**
 * What a {@link TelemetryRouter#flush flush} reached.
 *
 * @param complete whether every event emitted before the flush has been processed
 * @param pendingByHandler the events queued or running, by handler id, for each handler
 * that the flush did not see finish, 1 for one that {@linkplain HandlerSpec#onFlush()
 * keeps events back} and did not pass them on; empty when complete
 * @since 0.1.0
 */
public record FlushResult(boolean complete, Map<String, Long> pendingByHandler) {

	public FlushResult {
		pendingByHandler = Map.copyOf(pendingByHandler);
	}

}
