package io.telemetryrouter.spring.actuate.endpoint;

import java.util.Map;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.telemetryrouter.FlushResult;

/**
 * The endpoint's view of the result of a flush.
 *
 * @param complete whether all events emitted before the flush have been processed
 * @param pendingByHandler the number of pending events by handler id
 * @since 0.1.0
 */
public record FlushDescriptor(boolean complete, Map<String, Long> pendingByHandler) implements OperationResponseBody {

	static FlushDescriptor of(FlushResult result) {
		return new FlushDescriptor(result.complete(), result.pendingByHandler());
	}

}
