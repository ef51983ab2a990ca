package io.telemetryrouter.spring.actuate.endpoint;

import org.springframework.boot.actuate.endpoint.OperationResponseBody;

/**
 * Why the endpoint refuses a request.
 *
 * @param error the reason, and how to do better
 * @since 0.1.0
 */
public record ErrorDescriptor(String error) implements OperationResponseBody {
}
