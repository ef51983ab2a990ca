package io.telemetryrouter.spring.actuate.endpoint;

import java.security.Principal;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.OperationResponseBody;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.Selector.Match;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.context.ApplicationEventPublisher;

import io.telemetryrouter.FlushResult;
import io.telemetryrouter.HandlerSnapshot;
import io.telemetryrouter.TelemetryRouter;

/**
 * Shows the router's handlers and events: names, counts and latencies. Only if
 * {@code management.endpoint.telemetryrouter.show-values} allows it, it also shows stack
 * traces of stuck calls, types and messages of failures, which may quote payloads, and
 * the payloads of a run's events, which {@code runs/{runId}} reads from the journal.
 * <p>
 * The path after the endpoint's id is a handler's id, which may contain slashes.
 * Characters that web servers reject in a path, such as a backslash, can be replaced by a
 * slash.
 * <p>
 * Read-only by default. With
 * {@code management.endpoint.telemetryrouter.access=unrestricted} it can also pause,
 * resume and flush handlers, release them from quarantine and reset the maxima of
 * latencies. Each operation is logged at level {@code INFO} and published as an audit
 * event.
 * <p>
 * In a web application with the actuator, the endpoint is exposed at
 * {@code /actuator/telemetryrouter} by default: if the application does not set
 * {@code management.endpoints.web.exposure.include}, its value is
 * {@code health,telemetryrouter}. A value set by the application,
 * {@code management.endpoints.web.exposure.exclude} and
 * {@code management.endpoint.telemetryrouter.access=none} take precedence.
 *
 * @since 0.1.0
 */
@Endpoint(id = "telemetryrouter", defaultAccess = Access.READ_ONLY)
public class TelemetryRouterEndpoint {

	private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(10);

	/** The path segment before a run's id. */
	private static final String RUNS = "runs";

	private final TelemetryRouter router;

	private final Show showValues;

	private final OperatorTrail trail;

	private final @Nullable RunJournal journal;

	/**
	 * Creates the endpoint of a router that shows names, counts and latencies only.
	 * @param router the router to show
	 */
	public TelemetryRouterEndpoint(TelemetryRouter router) {
		this(router, Show.NEVER);
	}

	/**
	 * Creates the endpoint of a router.
	 * @param router the router to show
	 * @param showValues whether to show stacks of stuck calls, types and messages of
	 * failures, which may quote payloads
	 */
	public TelemetryRouterEndpoint(TelemetryRouter router, Show showValues) {
		this(router, showValues, null);
	}

	/**
	 * Creates the endpoint of a router.
	 * @param router the router to show
	 * @param showValues whether to show stacks of stuck calls, types and messages of
	 * failures, which may quote payloads
	 * @param publisher publishes an
	 * {@link org.springframework.boot.actuate.audit.listener.AuditApplicationEvent} for
	 * each operation; {@code null} to publish none
	 */
	public TelemetryRouterEndpoint(TelemetryRouter router, Show showValues,
			@Nullable ApplicationEventPublisher publisher) {
		this(router, showValues, publisher, null);
	}

	/**
	 * Creates the endpoint of a router.
	 * @param router the router to show
	 * @param showValues whether to show payloads of runs, stacks of stuck calls, types
	 * and messages of failures, which may quote payloads
	 * @param publisher publishes an
	 * {@link org.springframework.boot.actuate.audit.listener.AuditApplicationEvent} for
	 * each operation; {@code null} to publish none
	 * @param journal the source of runs and of the journal's counts; {@code null} without
	 * a journal
	 */
	public TelemetryRouterEndpoint(TelemetryRouter router, Show showValues,
			@Nullable ApplicationEventPublisher publisher, @Nullable RunJournal journal) {
		this.router = router;
		this.showValues = showValues;
		this.trail = new OperatorTrail(publisher, Clock.systemUTC());
		this.journal = journal;
	}

	/**
	 * Returns all handlers and events.
	 * @return the current state of the router
	 */
	@ReadOperation
	public RouterDescriptor router() {
		return router(this.showValues.isShown(true));
	}

	RouterDescriptor router(boolean showValues) {
		JournalDescriptor journal = (this.journal != null) ? this.journal.status(showValues) : null;
		return RouterDescriptor.of(this.router.snapshot(), this.router.spanSnapshot(), this.trail, journal, showValues);
	}

	/**
	 * Returns one handler, or the events of one run. A handler whose id starts with
	 * {@code runs/} takes precedence over a run.
	 * @param handlerId the handler's id, split at slashes, or {@code runs} and the run's
	 * id
	 * @return the current state of the handler, a {@link RunDescriptor}, an
	 * {@link ErrorDescriptor} with the reason why there is no such run, or {@code null}
	 * if no such handler is registered
	 */
	@ReadOperation
	public @Nullable OperationResponseBody handler(@Selector(match = Match.ALL_REMAINING) String... handlerId) {
		return handler(handlerId, this.showValues.isShown(true));
	}

	@Nullable OperationResponseBody handler(String[] path, boolean showValues) {
		HandlerDescriptor handler = registered(path, showValues);
		return (handler == null && path.length > 1 && path[0].equals(RUNS))
				? run(String.join("/", Arrays.copyOfRange(path, 1, path.length)), showValues) : handler;
	}

	private OperationResponseBody run(String runId, boolean showValues) {
		if (this.journal == null) {
			return new ErrorDescriptor(
					"Runs are read from the journal, which is off: set telemetry-router.journal.enabled=true");
		}
		RunDescriptor run = this.journal.read(runId, showValues);
		return (run != null) ? run : new ErrorDescriptor("The journal has no event of this run");
	}

	private @Nullable HandlerDescriptor registered(String[] handlerId, boolean showValues) {
		HandlerSnapshot snapshot = this.router.handlerSnapshot(HandlerPath.id(handlerId, this.router));
		return (snapshot != null) ? HandlerDescriptor.of(snapshot, this.trail.pausedSince(snapshot), showValues) : null;
	}

	/**
	 * Executes an operation on the whole router.
	 * @param operation {@code flush} or {@code resetMaxima}
	 * @return the result of a flush; {@code null} for other operations
	 */
	@WriteOperation
	public @Nullable FlushDescriptor operate(@Nullable String operation) {
		return operate(operation, null);
	}

	@Nullable FlushDescriptor operate(@Nullable String label, @Nullable Principal principal) {
		RouterOperation operation = RouterOperation.of(label, RouterOperation.OF_ROUTER);
		if (operation == RouterOperation.FLUSH) {
			FlushResult result = this.router.flush(FLUSH_TIMEOUT);
			this.trail.record(principal, operation, null, describe(result));
			return FlushDescriptor.of(result);
		}
		this.router.resetMaxima();
		this.trail.record(principal, operation, null, "");
		return null;
	}

	/**
	 * Executes an operation on one handler, if it is registered.
	 * @param handlerId the handler's id, split at slashes
	 * @param operation {@code pause}, {@code resume}, {@code flush}, {@code release} or
	 * {@code resetMaxima}
	 * @return the result of a flush; {@code null} for other operations
	 */
	@WriteOperation
	public @Nullable FlushDescriptor operateHandler(@Selector(match = Match.ALL_REMAINING) String[] handlerId,
			@Nullable String operation) {
		Operated operated = operateHandler(handlerId, operation, null);
		return (operated != null) ? operated.flush() : null;
	}

	/**
	 * Executes an operation on one handler. A handler that leaves with events queued is
	 * no longer shown, but may still be resumed.
	 * @return {@code null} if the router knows no such handler
	 */
	@Nullable Operated operateHandler(String[] handlerId, @Nullable String label, @Nullable Principal principal) {
		String id = HandlerPath.id(handlerId, this.router);
		RouterOperation operation = RouterOperation.of(label, RouterOperation.OF_HANDLER);
		if (operation == RouterOperation.FLUSH) {
			FlushResult result = this.router.flush(id, FLUSH_TIMEOUT);
			if (result == null) {
				return null;
			}
			this.trail.record(principal, operation, id, describe(result));
			return new Operated(FlushDescriptor.of(result));
		}
		HandlerSnapshot before = this.router.handlerSnapshot(id);
		if (!operate(operation, id)) {
			return null;
		}
		if (operation == RouterOperation.PAUSE && before != null) {
			this.trail.paused(before, this.router);
		}
		this.trail.record(principal, operation, id, "");
		return new Operated(null);
	}

	private boolean operate(RouterOperation operation, String handlerId) {
		return switch (operation) {
			case PAUSE -> this.router.pause(handlerId);
			case RESUME -> this.router.resume(handlerId);
			case RELEASE -> this.router.release(handlerId);
			case RESET_MAXIMA -> this.router.resetMaxima(handlerId);
			case FLUSH, REPLAY, STOP_REPLAY -> throw new IllegalArgumentException(operation.label() + " has a result");
		};
	}

	private static String describe(FlushResult result) {
		long pending = result.pendingByHandler().values().stream().mapToLong(Long::longValue).sum();
		return result.complete() ? "" : "; events still pending after " + FLUSH_TIMEOUT.toSeconds() + " s: " + pending;
	}

	/**
	 * The result of an operation that was carried out: that of a flush, if it was one.
	 */
	record Operated(@Nullable FlushDescriptor flush) {
	}

}
