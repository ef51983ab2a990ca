package io.telemetryrouter.spring.actuate.endpoint;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Shows the router's handlers, the events it has seen and what became of them. Read-only
 * by default; numbers, names and class names only, never a payload or a message.
 * <p>
 * In a web application the endpoint is at {@code /actuator/telemetryrouter} as soon as
 * the actuator is there: where the application leaves
 * {@code management.endpoints.web.exposure.include} open, its default becomes
 * {@code health,telemetryrouter}. Any value the application gives, its
 * {@code management.endpoints.web.exposure.exclude} and
 * {@code management.endpoint.telemetryrouter.access=none} have the last word.
 *
 * @since 0.1.0
 */
@Endpoint(id = "telemetryrouter", defaultAccess = Access.READ_ONLY)
public class TelemetryRouterEndpoint {

	private final TelemetryRouter router;

	/**
	 * Creates the endpoint of a router.
	 * @param router the router to show
	 */
	public TelemetryRouterEndpoint(TelemetryRouter router) {
		this.router = router;
	}

	/**
	 * Returns all handlers and events.
	 * @return the router as of now
	 */
	@ReadOperation
	public RouterDescriptor router() {
		return RouterDescriptor.of(this.router.snapshot());
	}

	/**
	 * Returns one handler.
	 * @param handlerId the handler's id
	 * @return the handler as of now, or {@code null} if no such handler is registered
	 */
	@ReadOperation
	public @Nullable HandlerDescriptor handler(@Selector String handlerId) {
		HandlerSnapshot snapshot = this.router.handlerSnapshot(handlerId);
		return (snapshot != null) ? HandlerDescriptor.of(snapshot) : null;
	}

}
