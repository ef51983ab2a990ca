package io.telemetryrouter.journal;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

import io.telemetryrouter.EventType;
import io.telemetryrouter.TelemetryRouter;

/**
 * Reads events from a journal and passes them, in order and on the calling thread, to the
 * handlers of a router that {@linkplain io.telemetryrouter.HandlerSpec.Builder#replay
 * opted in}, or to a {@link ReplayHandler}. The journal may be written meanwhile; a
 * replay ends with the last line that was written when it began. Damaged lines and
 * missing segments are skipped, counted and listed. Immutable and thread-safe.
 *
 * @since 0.1.0
 */
public final class TelemetryReplayer {

	/**
	 * Maximum number of problems in a report.
	 */
	public static final int MAX_PROBLEMS = 100;

	private final Path directory;

	private final @Nullable TelemetryRouter router;

	private final RecordedPayloads payloads;

	private final List<EventType<?>> contracts;

	/**
	 * Creates a replayer without a router, for {@link ReplayHandler}s only.
	 * @param directory the journal's folder
	 */
	public TelemetryReplayer(Path directory) {
		this(directory, null, new RecordedPayloads(JsonMapper.shared(), List.of()), List.of());
	}

	/**
	 * Creates a replayer.
	 * @param directory the journal's folder
	 * @param router the router whose handlers receive the events
	 * @param mapper the mapper that reads the JSON that the journal's encoder writes
	 * @param upcasters the upcasters for payloads of earlier versions
	 * @param contracts the event types with a known payload class
	 * @throws IllegalArgumentException if two upcasters take the same version
	 */
	public TelemetryReplayer(Path directory, TelemetryRouter router, JsonMapper mapper,
			Collection<? extends EventUpcaster> upcasters, Collection<? extends EventType<?>> contracts) {
		this(directory, router, new RecordedPayloads(mapper, upcasters), List.copyOf(contracts));
	}

	private TelemetryReplayer(Path directory, @Nullable TelemetryRouter router, RecordedPayloads payloads,
			List<EventType<?>> contracts) {
		this.contracts = contracts;
		this.directory = directory;
		this.router = router;
		this.payloads = payloads;
	}

	/**
	 * Returns a replayer of another journal for the same router.
	 * @param directory the journal's folder
	 * @return the replayer
	 */
	public TelemetryReplayer in(Path directory) {
		return new TelemetryReplayer(directory, this.router, this.payloads, this.contracts);
	}

	/**
	 * Replays events to the handlers of the router that opted in, and to no others.
	 * Replayed events are not journalled again. A payload is read as the payload class of
	 * the handler. For a handler of any payload, it is read as the class of the event's
	 * contract, or else of another handler of the event's name, or else as a map, list,
	 * string, number or boolean. Members that the class does not have are skipped.
	 * @param query selects the events
	 * @param pacing the speed
	 * @return the result
	 * @throws JournalException if there is no such folder
	 * @throws IllegalStateException if the replayer has no router
	 */
	public ReplayReport replayToHandlers(JournalQuery query, Pacing pacing) {
		if (this.router == null) {
			throw new IllegalStateException("The replayer has no router: give it one, or a handler");
		}
		RouterReplay replay = new RouterReplay(this.router, this.payloads, this.contracts);
		ReplayReport report = replay(query, pacing, replay);
		return new ReplayReport(report.read(), report.replayed() - replay.unhandled, report.failed(), replay.unhandled,
				replay.unreadable, replay.unknownFields, report.damaged(), report.missing(), report.interrupted(),
				report.problems(), replay.remarks());
	}

	/**
	 * Replays events at full speed.
	 * @param query selects the events
	 * @param handler is called with each of them; if it throws, the event is counted as
	 * failed and the replay continues
	 * @return the result
	 * @throws JournalException if there is no such folder
	 */
	public ReplayReport replay(JournalQuery query, ReplayHandler handler) {
		return replay(query, Pacing.fullSpeed(), handler);
	}

	/**
	 * Replays events.
	 * @param query selects the events
	 * @param pacing the speed
	 * @param handler is called with each of them; if it throws, the event is counted as
	 * failed and the replay continues
	 * @return the result
	 * @throws JournalException if there is no such folder
	 */
	public ReplayReport replay(JournalQuery query, Pacing pacing, ReplayHandler handler) {
		Run run = new Run(query, pacing, handler);
		try (JournalReader reader = JournalReader.open(this.directory, query.firstSequence(), run::skipped)) {
			// Lines that handlers write during the replay must not be replayed: it would
			// never end.
			long end = reader.bytesAhead();
			for (JournalRecord line = reader.next(); line != null; line = reader.next()) {
				if (reader.bytesRead() > end || line.sequence() > query.lastSequence() || !run.accept(line)) {
					break;
				}
			}
		}
		return run.report();
	}

	/**
	 * Handles replayed events.
	 */
	@FunctionalInterface
	public interface ReplayHandler {

		/**
		 * Handles an event.
		 * @param line the event's line
		 * @throws Exception if it fails
		 */
		void handle(JournalRecord line) throws Exception;

	}

	/**
	 * One replay.
	 */
	private static final class Run {

		private final JournalQuery query;

		private final Pacing pacing;

		private final ReplayHandler handler;

		private final List<JournalProblem> problems = new ArrayList<>();

		private @Nullable Instant start;

		private Duration offset = Duration.ZERO;

		private long read;

		private long replayed;

		private long failed;

		private long damaged;

		private long missing;

		private boolean interrupted;

		Run(JournalQuery query, Pacing pacing, ReplayHandler handler) {
			this.query = query;
			this.pacing = pacing;
			this.handler = handler;
		}

		/** Handles a line, and returns whether the replay continues. */
		boolean accept(JournalRecord line) {
			this.read++;
			if (!this.query.matches(line)) {
				return true;
			}
			try {
				this.pacing.await(offset(line.time()));
				if (Thread.interrupted()) {
					throw new InterruptedException();
				}
			}
			catch (InterruptedException ex) {
				Thread.currentThread().interrupt();
				this.interrupted = true;
				return false;
			}
			handle(line);
			return true;
		}

		private Duration offset(Instant time) {
			if (this.start == null) {
				this.start = time;
			}
			Duration recorded = Duration.between(this.start, time);
			if (recorded.compareTo(this.offset) > 0) {
				this.offset = recorded;
			}
			return this.offset;
		}

		private void handle(JournalRecord line) {
			try {
				this.handler.handle(line);
				this.replayed++;
			}
			catch (InterruptedException ex) {
				this.failed++;
				Thread.currentThread().interrupt();
			}
			catch (Throwable ex) {
				this.failed++;
			}
		}

		void skipped(JournalProblem problem) {
			if (problem.kind() == JournalProblem.Kind.MISSING) {
				this.missing += problem.lastSequence() - problem.firstSequence() + 1;
			}
			else {
				this.damaged++;
			}
			if (this.problems.size() < MAX_PROBLEMS) {
				this.problems.add(problem);
			}
		}

		ReplayReport report() {
			return new ReplayReport(this.read, this.replayed, this.failed, 0, 0, 0, this.damaged, this.missing,
					this.interrupted, this.problems, List.of());
		}

	}

}
