package io.telemetryrouter.spring.actuate.endpoint;

import java.util.Map;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

import io.telemetryrouter.FlushResult;

/**
 * What a flush has reached, as the endpoint shows it.
 *
 * @param complete whether everything emitted before has been processed
 * @param pendingByHandler how many events are left, by handler id
 * @since 0.1.0
 */
public record FlushDescriptor(boolean complete, Map<String, Long> pendingByHandler) implements OperationResponseBody {

	static FlushDescriptor of(FlushResult result) {
		return new FlushDescriptor(result.complete(), result.pendingByHandler());
	}

}
