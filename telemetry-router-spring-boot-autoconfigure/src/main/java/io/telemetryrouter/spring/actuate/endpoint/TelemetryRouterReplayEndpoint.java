package io.telemetryrouter.spring.actuate.endpoint;

import java.time.Clock;
import java.time.OffsetDateTime;
import java.util.concurrent.atomic.AtomicReference;

import org.jspecify.annotations.Nullable;

import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.actuate.endpoint.web.annotation.WebEndpoint;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextClosedEvent;

import io.telemetryrouter.journal.JournalException;
import io.telemetryrouter.journal.JournalQuery;
import io.telemetryrouter.journal.Pacing;
import io.telemetryrouter.journal.ReplayReport;
import io.telemetryrouter.journal.TelemetryReplayer;

/**
 * Replays the journal to the handlers that opted in. It is available only if it is
 * exposed and {@code management.endpoint.telemetryrouterreplay.access=unrestricted}. Each
 * replay is logged at level {@code INFO} and published as an audit event. A replay ends
 * early if it is stopped, or if the application closes.
 *
 * @since 0.1.0
 */
@WebEndpoint(id = "telemetryrouterreplay", defaultAccess = Access.READ_ONLY)
public class TelemetryRouterReplayEndpoint implements ApplicationListener<ContextClosedEvent> {

	private static final String HANDLERS = " that opted in";

	private final TelemetryReplayer replayer;

	private final OperatorTrail trail;

	private final @Nullable ApplicationEventPublisher publisher;

	private final AtomicReference<@Nullable RunningReplay> running = new AtomicReference<>();

	/**
	 * Creates the endpoint of a replayer.
	 * @param replayer the replayer
	 * @param publisher publishes an
	 * {@link org.springframework.boot.actuate.audit.listener.AuditApplicationEvent} for
	 * each replay; {@code null} to publish none. If it is an application context, a
	 * replay ends when that context closes.
	 */
	public TelemetryRouterReplayEndpoint(TelemetryReplayer replayer, @Nullable ApplicationEventPublisher publisher) {
		this.replayer = replayer;
		this.publisher = publisher;
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
	 * @return the result, also if the replay was stopped; status 400 if there is no
	 * journal or a pattern is malformed, and 409 while another replay is running
	 */
	@WriteOperation
	public WebEndpointResponse<Object> replay(SecurityContext securityContext, @Nullable OffsetDateTime from,
			@Nullable OffsetDateTime to, String @Nullable [] names, @Nullable String run, @Nullable Long firstSequence,
			@Nullable Long lastSequence, @Nullable Boolean paced) {
		RunningReplay replay = new RunningReplay(Thread.currentThread());
		if (!this.running.compareAndSet(null, replay)) {
			return new WebEndpointResponse<>(new ErrorDescriptor("A replay is running: wait for its end, or stop it"),
					409);
		}
		try {
			JournalQuery query = query(from, to, names, run).sequences((firstSequence != null) ? firstSequence : 1,
					(lastSequence != null) ? lastSequence : Long.MAX_VALUE);
			ReplayReport report = this.replayer.replayToHandlers(query,
					replay.pacing(Boolean.TRUE.equals(paced) ? Pacing.asRecorded() : Pacing.fullSpeed()));
			replay.end();
			this.trail.record(securityContext.getPrincipal(), RouterOperation.REPLAY, null,
					HANDLERS + "; events: " + report.replayed());
			return new WebEndpointResponse<>(ReplayDescriptor.of(report));
		}
		catch (JournalException | IllegalArgumentException ex) {
			return new WebEndpointResponse<>(new ErrorDescriptor(String.valueOf(ex.getMessage())),
					WebEndpointResponse.STATUS_BAD_REQUEST);
		}
		finally {
			replay.end();
			this.running.set(null);
		}
	}

	/**
	 * Stops the running replay: its thread is interrupted, and no further event is
	 * replayed. Does not wait for its end, which may depend on a handler.
	 * @param securityContext the security context of the request
	 * @return status 204, or 404 if no replay is running
	 */
	@DeleteOperation
	public WebEndpointResponse<Object> stop(SecurityContext securityContext) {
		RunningReplay replay = this.running.get();
		if (replay == null || !replay.stop()) {
			return new WebEndpointResponse<>(new ErrorDescriptor("No replay is running"),
					WebEndpointResponse.STATUS_NOT_FOUND);
		}
		this.trail.record(securityContext.getPrincipal(), RouterOperation.STOP_REPLAY, null, HANDLERS);
		return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
	}

	@Override
	public void onApplicationEvent(ContextClosedEvent event) {
		RunningReplay replay = this.running.get();
		if (replay != null && event.getApplicationContext() == this.publisher) {
			replay.stop();
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

	/**
	 * A replay on the thread of its request.
	 */
	private static final class RunningReplay {

		private final Thread thread;

		private volatile boolean stopped;

		/** Guarded by this. */
		private boolean ended;

		RunningReplay(Thread thread) {
			this.thread = thread;
		}

		Pacing pacing(Pacing pacing) {
			return (offset) -> {
				// A handler may have ignored the interrupt.
				if (this.stopped) {
					throw new InterruptedException();
				}
				pacing.await(offset);
			};
		}

		synchronized boolean stop() {
			if (!this.ended) {
				this.stopped = true;
				this.thread.interrupt();
			}
			return !this.ended;
		}

		/** Frees the thread, which records this request and serves others. */
		synchronized void end() {
			if (this.stopped && !this.ended) {
				Thread.interrupted();
			}
			this.ended = true;
		}

	}

}
