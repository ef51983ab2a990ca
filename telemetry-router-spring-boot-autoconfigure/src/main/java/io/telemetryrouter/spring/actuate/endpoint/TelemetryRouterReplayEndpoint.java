package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.ApplicationEventPublisher;

import io.telemetryrouter.journal.JournalException;
import io.telemetryrouter.journal.JournalQuery;
import io.telemetryrouter.journal.Pacing;
import io.telemetryrouter.journal.ReplayReport;
import io.telemetryrouter.journal.TelemetryReplayer;

/**
 * Replays the journal to the handlers that opted in. It is available only if it is
 * exposed and {@code management.endpoint.telemetryrouterreplay.access=unrestricted}. Each
 * replay is logged at level {@code INFO} and published as an audit event.
 *
 * @since 0.1.0
 */
@WebEndpoint(id = "telemetryrouterreplay", defaultAccess = Access.READ_ONLY)
public class TelemetryRouterReplayEndpoint {

	private final TelemetryReplayer replayer;

	private final OperatorTrail trail;

	private final AtomicBoolean running = new AtomicBoolean();

	/**
	 * Creates the endpoint of a replayer.
	 * @param replayer the replayer
	 * @param publisher publishes an
	 * {@link org.springframework.boot.actuate.audit.listener.AuditApplicationEvent} for
	 * each replay; {@code null} to publish none
	 */
	public TelemetryRouterReplayEndpoint(TelemetryReplayer replayer, @Nullable ApplicationEventPublisher publisher) {
		this.replayer = replayer;
		this.trail = new OperatorTrail(publisher, Clock.systemUTC());
	}

	/**
	 * Replays events and responds when the replay has ended. Events must match all
	 * parameters; without any, the whole journal is replayed.
	 * @param securityContext the security context of the request
	 * @param from the earliest time, inclusive, as in {@code 2026-11-27T10:15:30Z}
	 * @param to the latest time, exclusive
	 * @param names names or patterns, separated by commas
	 * @param run the run's id
	 * @param firstSequence the lowest sequence number, inclusive
	 * @param lastSequence the highest sequence number, inclusive
	 * @param paced whether to replay at the recorded pace instead of full speed
	 * @return the result; status 400 if there is no journal or a pattern is malformed,
	 * and 409 while another replay is running
	 */
	@WriteOperation
	public WebEndpointResponse<Object> replay(SecurityContext securityContext, @Nullable OffsetDateTime from,
			@Nullable OffsetDateTime to, String @Nullable [] names, @Nullable String run, @Nullable Long firstSequence,
			@Nullable Long lastSequence, @Nullable Boolean paced) {
		if (!this.running.compareAndSet(false, true)) {
			return new WebEndpointResponse<>(new ErrorDescriptor("A replay is running: wait for its end"), 409);
		}
		try {
			JournalQuery query = query(from, to, names, run).sequences((firstSequence != null) ? firstSequence : 1,
					(lastSequence != null) ? lastSequence : Long.MAX_VALUE);
			ReplayReport report = this.replayer.replayToHandlers(query,
					Boolean.TRUE.equals(paced) ? Pacing.asRecorded() : Pacing.fullSpeed());
			this.trail.record(securityContext.getPrincipal(), RouterOperation.REPLAY, null,
					" that opted in; events: " + report.replayed());
			return new WebEndpointResponse<>(ReplayDescriptor.of(report));
		}
		catch (JournalException | IllegalArgumentException ex) {
			return new WebEndpointResponse<>(new ErrorDescriptor(String.valueOf(ex.getMessage())),
					WebEndpointResponse.STATUS_BAD_REQUEST);
		}
		finally {
			this.running.set(false);
		}
	}

	private static JournalQuery query(@Nullable OffsetDateTime from, @Nullable OffsetDateTime to,
			String @Nullable [] names, @Nullable String run) {
		JournalQuery query = JournalQuery.all();
		query = (from != null) ? query.from(from.toInstant()) : query;
		query = (to != null) ? query.before(to.toInstant()) : query;
		query = (run != null) ? query.run(run) : query;
		for (String name : (names != null) ? names : new String[0]) {
			query = query.name(name);
		}
		return query;
	}

}
