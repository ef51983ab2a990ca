package io.telemetryrouter.journal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventPattern;

/**
 * Selects the lines of a journal that meet all conditions. Immutable.
 *
 * @param from the earliest time, or {@code null}
 * @param to the end of the time range, exclusive, or {@code null}
 * @param names names and patterns, of which one must match; empty for all
 * @param runId the run, or {@code null}
 * @param firstSequence the lowest sequence number
 * @param lastSequence the highest sequence number
 * @since 0.1.0
 */
public record JournalQuery(@Nullable Instant from, @Nullable Instant to, List<EventPattern> names,
		@Nullable String runId, long firstSequence, long lastSequence) {

	private static final JournalQuery ALL = new JournalQuery(null, null, List.of(), null, 1, Long.MAX_VALUE);

	public JournalQuery {
		names = List.copyOf(names);
	}

	/**
	 * Returns the query that selects every line.
	 * @return the query
	 */
	public static JournalQuery all() {
		return ALL;
	}

	/**
	 * Adds a condition: emitted at a time or later. Lines are not sorted by time, so the
	 * whole journal is read.
	 * @param from the time
	 * @return the query
	 */
	public JournalQuery from(Instant from) {
		return new JournalQuery(from, this.to, this.names, this.runId, this.firstSequence, this.lastSequence);
	}

	/**
	 * Adds a condition: emitted before a time.
	 * @param to the time
	 * @return the query
	 */
	public JournalQuery before(Instant to) {
		return new JournalQuery(this.from, to, this.names, this.runId, this.firstSequence, this.lastSequence);
	}

	/**
	 * Adds a name or pattern. One of all names and patterns must match.
	 * @param pattern the name or pattern
	 * @return the query
	 * @throws IllegalArgumentException if it is malformed
	 */
	public JournalQuery name(String pattern) {
		List<EventPattern> patterns = new ArrayList<>(this.names);
		patterns.add(EventPattern.parse(pattern));
		return new JournalQuery(this.from, this.to, patterns, this.runId, this.firstSequence, this.lastSequence);
	}

	/**
	 * Adds a condition: emitted in a run.
	 * @param runId the run's id
	 * @return the query
	 */
	public JournalQuery run(String runId) {
		return new JournalQuery(this.from, this.to, this.names, runId, this.firstSequence, this.lastSequence);
	}

	/**
	 * Adds a condition: a sequence number in a range. Segments outside the range are not
	 * read.
	 * @param first the lowest sequence number
	 * @param last the highest sequence number
	 * @return the query
	 */
	public JournalQuery sequences(long first, long last) {
		return new JournalQuery(this.from, this.to, this.names, this.runId, first, last);
	}

	/**
	 * Returns whether a line meets all conditions.
	 * @param line the line
	 * @return {@code true} if it does
	 */
	public boolean matches(JournalRecord line) {
		return line.sequence() >= this.firstSequence && line.sequence() <= this.lastSequence
				&& (this.from == null || !line.time().isBefore(this.from))
				&& (this.to == null || line.time().isBefore(this.to))
				&& (this.runId == null || this.runId.equals(line.runId())) && matchesName(line.name());
	}

	private boolean matchesName(String name) {
		for (EventPattern pattern : this.names) {
			if (pattern.matches(name)) {
				return true;
			}
		}
		return this.names.isEmpty();
	}

}
