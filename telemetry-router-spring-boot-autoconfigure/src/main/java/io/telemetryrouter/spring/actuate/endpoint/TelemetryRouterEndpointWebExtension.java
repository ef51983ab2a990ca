package io.telemetryrouter.spring.actuate.endpoint;

import java.util.Set;
import java.util.function.Supplier;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.EndpointWebExtension;

import io.telemetryrouter.spring.actuate.endpoint.TelemetryRouterEndpoint.Operated;

/**
 * The web extension of the {@link TelemetryRouterEndpoint}. It shows stack traces and
 * failures to authorized users only, and responds with the matching status code.
 *
 * @since 0.1.0
 */
@EndpointWebExtension(endpoint = TelemetryRouterEndpoint.class)
public class TelemetryRouterEndpointWebExtension {

	private final TelemetryRouterEndpoint endpoint;

	private final Show showValues;

	private final Set<String> roles;

	/**
	 * Creates the extension of an endpoint.
	 * @param endpoint the endpoint
	 * @param showValues whether to show stacks of stuck calls, types and messages of
	 * failures, which may quote payloads
	 * @param roles the roles that may see them; if empty, every authenticated user may
	 */
	public TelemetryRouterEndpointWebExtension(TelemetryRouterEndpoint endpoint, Show showValues, Set<String> roles) {
		this.endpoint = endpoint;
		this.showValues = showValues;
		this.roles = Set.copyOf(roles);
	}

	/**
	 * Returns all handlers and events.
	 * @param securityContext the security context of the request
	 * @return the current state of the router
	 */
	@ReadOperation
	public RouterDescriptor router(SecurityContext securityContext) {
		return this.endpoint.router(isShown(securityContext));
	}

	/**
	 * Returns one handler, or the events of one run.
	 * @param securityContext the security context of the request
	 * @param handlerId the handler's id, split at slashes, or {@code runs} and the run's
	 * id
	 * @return the current state of the handler, or the run; status 404 if there is none
	 */
	@ReadOperation
	public WebEndpointResponse<Object> handler(SecurityContext securityContext,
			@Selector(match = Match.ALL_REMAINING) String... handlerId) {
		OperationResponseBody found = this.endpoint.handler(handlerId, isShown(securityContext));
		if (found == null) {
			return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
		}
		return new WebEndpointResponse<>(found, (found instanceof ErrorDescriptor)
				? WebEndpointResponse.STATUS_NOT_FOUND : WebEndpointResponse.STATUS_OK);
	}

	private boolean isShown(SecurityContext securityContext) {
		return this.showValues.isShown(securityContext, this.roles);
	}

	/**
	 * Executes an operation on the whole router.
	 * @param securityContext the security context of the request
	 * @param operation {@code flush} or {@code resetMaxima}
	 * @return the result of a flush; status 204 for other operations
	 */
	@WriteOperation
	public WebEndpointResponse<Object> operate(SecurityContext securityContext, @Nullable String operation) {
		return respond(() -> new Operated(this.endpoint.operate(operation, securityContext.getPrincipal())));
	}

	/**
	 * Executes an operation on one handler.
	 * @param securityContext the security context of the request
	 * @param handlerId the handler's id, split at slashes
	 * @param operation {@code pause}, {@code resume}, {@code flush}, {@code release} or
	 * {@code resetMaxima}
	 * @return the result of a flush; status 204 for other operations, and 404 if there is
	 * no such handler
	 */
	@WriteOperation
	public WebEndpointResponse<Object> operateHandler(SecurityContext securityContext,
			@Selector(match = Match.ALL_REMAINING) String[] handlerId, @Nullable String operation) {
		return respond(() -> this.endpoint.operateHandler(handlerId, operation, securityContext.getPrincipal()));
	}

	private WebEndpointResponse<Object> respond(Supplier<@Nullable Operated> operation) {
		try {
			Operated operated = operation.get();
			if (operated == null) {
				return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NOT_FOUND);
			}
			FlushDescriptor flush = operated.flush();
			return (flush != null) ? new WebEndpointResponse<>(flush)
					: new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
		}
		catch (InvalidEndpointRequestException ex) {
			// Spring Boot's response would not contain the reason
			return new WebEndpointResponse<>(new ErrorDescriptor(String.valueOf(ex.getReason())),
					WebEndpointResponse.STATUS_BAD_REQUEST);
		}
	}

}
