package io.telemetryrouter;

import java.util.Map;

/**
 * The result of a {@link TelemetryRouter#flush flush}.
 *
 * @param complete whether every event emitted before the flush has been processed
 * @param pendingByHandler the number of events queued or running, by handler id, for each
 * handler that had not finished; 1 for a handler whose {@linkplain HandlerSpec#onFlush()
 * flush action} did not succeed; empty when complete
 * @since 0.1.0
 */
public record FlushResult(boolean complete, Map<String, Long> pendingByHandler) {

	public FlushResult {
		pendingByHandler = Map.copyOf(pendingByHandler);
	}

}
