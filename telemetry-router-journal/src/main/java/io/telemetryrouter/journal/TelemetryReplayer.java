package io.telemetryrouter.journal;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Reads events back from a journal and hands them to a handler, in order, on the calling
 * thread. It may read what a live journal writes; it ends with the line that is the last
 * one when it gets there. Damaged lines and missing segments are skipped, counted and
 * listed. Immutable and thread-safe.
 *
 * @since 0.1.0
 */
public final class TelemetryReplayer {

	/**
	 * How many problems a report lists.
	 */
	public static final int MAX_PROBLEMS = 100;

	private final Path directory;

	/**
	 * Creates a replayer.
	 * @param directory the journal's folder
	 */
	public TelemetryReplayer(Path directory) {
		this.directory = directory;
	}

	/**
	 * Replays events at full speed.
	 * @param query selects the events
	 * @param handler is called with each of them; if it throws, the event is counted as
	 * failed and the replay goes on
	 * @return what was done
	 * @throws JournalException if there is no such folder
	 */
	public ReplayReport replay(JournalQuery query, ReplayHandler handler) {
		return replay(query, Pacing.fullSpeed(), handler);
	}

	/**
	 * Replays events.
	 * @param query selects the events
	 * @param pacing how fast
	 * @param handler is called with each of them; if it throws, the event is counted as
	 * failed and the replay goes on
	 * @return what was done
	 * @throws JournalException if there is no such folder
	 */
	public ReplayReport replay(JournalQuery query, Pacing pacing, ReplayHandler handler) {
		Run run = new Run(query, pacing, handler);
		try (JournalReader reader = JournalReader.open(this.directory, query.firstSequence(), run::skipped)) {
			for (JournalRecord line = reader.next(); line != null; line = reader.next()) {
				if (line.sequence() > query.lastSequence() || !run.accept(line)) {
					break;
				}
			}
		}
		return run.report();
	}

	/**
	 * Takes replayed events.
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

		/** Returns whether to go on. */
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
			return new ReplayReport(this.read, this.replayed, this.failed, this.damaged, this.missing, this.interrupted,
					this.problems);
		}

	}

}
