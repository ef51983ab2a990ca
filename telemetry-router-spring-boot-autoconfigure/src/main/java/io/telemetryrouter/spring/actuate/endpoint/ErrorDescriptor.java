package io.telemetryrouter.spring.actuate.endpoint;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * The response body of a request that was rejected or found nothing.
 *
 * @param error the reason, and the correction
 * @since 0.1.0
 */
public record ErrorDescriptor(String error) implements OperationResponseBody {
}
