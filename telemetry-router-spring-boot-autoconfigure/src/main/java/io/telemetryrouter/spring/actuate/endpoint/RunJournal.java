package io.telemetryrouter.spring.actuate.endpoint;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.journal.DataStatus;
import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalQuery;
import io.telemetryrouter.journal.JournalReader;
import io.telemetryrouter.journal.JournalRecord;
import io.telemetryrouter.journal.JournalStatus;
import io.telemetryrouter.journal.LossReason;

/**
 * Reads the counts of a journal, and the events of runs. A call for a run scans the
 * journal from its start until the limit of events or payloads is exceeded, and keeps the
 * events of the run in memory. Thread-safe.
 *
 * @since 0.1.0
 */
public class RunJournal {

	/**
	 * The maximum number of events of a {@link RunDescriptor}.
	 */
	public static final int MAX_EVENTS = 1000;

	/**
	 * The maximum number of characters of all payloads of a {@link RunDescriptor}.
	 */
	public static final int MAX_PAYLOADS = 4 << 20;

	private final Journal journal;

	/**
	 * Creates a reader.
	 * @param journal the journal
	 */
	public RunJournal(Journal journal) {
		this.journal = journal;
	}

	JournalDescriptor status(boolean showValues) {
		JournalStatus status = this.journal.status();
		Map<String, Long> lost = new LinkedHashMap<>();
		for (LossReason reason : LossReason.values()) {
			lost.put(reason.name().toLowerCase(Locale.ROOT), status.lost().getOrDefault(reason, 0L));
		}
		return new JournalDescriptor(status.written(), status.pending(), status.bytes(), status.syncs(),
				status.redacted(), status.truncated(), lost, status.lastSequence(), status.failure() != null,
				showValues ? status.failure() : null);
	}

	@Nullable RunDescriptor read(String runId, boolean showValues) {
		this.journal.flush();
		JournalQuery query = JournalQuery.all().run(runId);
		List<RunDescriptor.Event> events = new ArrayList<>();
		AtomicLong problems = new AtomicLong();
		String parentRunId = null;
		int payloads = 0;
		boolean truncated = false;
		try (JournalReader reader = JournalReader.open(this.journal.directory(),
				(problem) -> problems.incrementAndGet())) {
			for (JournalRecord line = reader.next(); line != null && !truncated; line = reader.next()) {
				if (query.matches(line)) {
					parentRunId = (parentRunId != null) ? parentRunId : line.parentRunId();
					RunDescriptor.Event event = describe(line, showValues);
					payloads += (event.payload() != null) ? event.payload().length() : 0;
					truncated = events.size() == MAX_EVENTS || payloads > MAX_PAYLOADS;
					if (!truncated) {
						events.add(event);
					}
				}
			}
		}
		return (events.isEmpty() && !truncated) ? null
				: new RunDescriptor(runId, parentRunId, events, truncated, problems.get());
	}

	private static RunDescriptor.Event describe(JournalRecord line, boolean showValues) {
		DataStatus status = line.dataStatus();
		return new RunDescriptor.Event(line.sequence(), line.id(), line.name(), line.time(), line.causationId(),
				(status != DataStatus.COMPLETE) ? status.name().toLowerCase(Locale.ROOT) : null,
				showValues ? line.data() : null);
	}

}
