package io.telemetryrouter.spring.actuate.endpoint;

import java.security.Principal;
import java.time.Clock;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import org.apache.commons.logging.Log;
import org.apache.commons.logging.LogFactory;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.audit.AuditEvent;
import org.springframework.boot.actuate.audit.listener.AuditApplicationEvent;
import org.springframework.context.ApplicationEventPublisher;

import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.HandlerStatus;
import io.telemetryrouter.TelemetryRouter;

/**
 * Records the operations of the endpoint: a log line and an audit event for each, and the
 * time of a pause. The time is known only for handlers paused by the endpoint, not for
 * those paused by application code.
 */
final class OperatorTrail {

	/**
	 * The type of the audit events.
	 */
	static final String AUDIT_EVENT_TYPE = "TELEMETRY_ROUTER_OPERATION";

	private static final Log logger = LogFactory.getLog(TelemetryRouter.class);

	private static final int MAX_LENGTH = 120;

	/** Compiled when needed, since a compilation would delay the start. */
	private static final String UNPRINTABLE = "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}]";

	private final @Nullable ApplicationEventPublisher publisher;

	private final Clock clock;

	/** By the id of the handler. */
	private final Map<String, Pause> pauses = new ConcurrentHashMap<>();

	OperatorTrail(@Nullable ApplicationEventPublisher publisher, Clock clock) {
		this.publisher = publisher;
		this.clock = clock;
	}

	/**
	 * Records the time of a pause.
	 * @param before the handler's snapshot before the pause
	 * @param router the router
	 */
	void paused(HandlerSnapshot before, TelemetryRouter router) {
		if (before.status() != HandlerStatus.PAUSED) {
			// A handler that has left is not shown
			this.pauses.keySet().removeIf((id) -> router.handlerSnapshot(id) == null);
			this.pauses.put(before.id(), new Pause(before.number(), this.clock.instant()));
		}
	}

	/**
	 * Returns the time at which a handler was paused.
	 * @param handler the handler
	 * @return the time; {@code null} if it is not paused, or not by an operator
	 */
	@Nullable Instant pausedSince(HandlerSnapshot handler) {
		if (handler.status() != HandlerStatus.PAUSED) {
			this.pauses.remove(handler.id());
			return null;
		}
		Pause pause = this.pauses.get(handler.id());
		return (pause != null && pause.number == handler.number()) ? pause.at : null;
	}

	/**
	 * Records an operation that was carried out.
	 * @param principal the operator; {@code null} if not authenticated
	 * @param operation the operation
	 * @param handlerId the handler's id; {@code null} for all handlers
	 * @param result the result, as the end of the log line
	 */
	void record(@Nullable Principal principal, RouterOperation operation, @Nullable String handlerId, String result) {
		String name = (principal != null) ? principal.getName() : null;
		String operator = (name != null) ? "Operator '" + printable(name) + "'" : "An operator without a name";
		String target = (handlerId != null) ? "telemetry handler '" + printable(handlerId) + "'"
				: "all telemetry handlers";
		logger.info(operator + " " + operation.pastTense() + " " + target + result);
		publish(name, operation, handlerId);
	}

	private void publish(@Nullable String name, RouterOperation operation, @Nullable String handlerId) {
		if (this.publisher == null) {
			return;
		}
		Map<String, Object> data = new LinkedHashMap<>();
		data.put("operation", operation.label());
		if (handlerId != null) {
			data.put("handler", handlerId);
		}
		try {
			this.publisher.publishEvent(
					new AuditApplicationEvent(new AuditEvent(this.clock.instant(), name, AUDIT_EVENT_TYPE, data)));
		}
		catch (RuntimeException ex) {
			// The operation itself has succeeded
			logger.warn("A listener of audit events failed for operation '" + operation.label() + "'", ex);
		}
	}

	/** Replaces control characters, by which an id or a name could forge a log line. */
	private static String printable(String text) {
		String cut = (text.length() > MAX_LENGTH) ? text.substring(0, MAX_LENGTH) + "\u2026" : text;
		return cut.replaceAll(UNPRINTABLE, "\uFFFD");
	}

	/** The pause of one registration. A later handler may have the same id. */
	private record Pause(long number, Instant at) {
	}

}
