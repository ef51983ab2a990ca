package io.telemetryrouter.spring.health;

import java.util.LinkedHashMap;
import java.util.Map;

import io.telemetryrouter.journal.Journal;
import io.telemetryrouter.journal.JournalStatus;

/**
 * The details of a journal in the router's health. Thread-safe.
 *
 * @since 0.1.0
 */
public final class JournalHealth {

	private final Journal journal;

	/**
	 * Creates the details of a journal.
	 * @param journal the journal
	 */
	public JournalHealth(Journal journal) {
		this.journal = journal;
	}

	/**
	 * Returns the number of lost events, and whether the journal cannot write or sync.
	 */
	Map<String, Object> details() {
		JournalStatus status = this.journal.status();
		Map<String, Object> details = new LinkedHashMap<>();
		details.put("lost", status.lost().values().stream().mapToLong(Long::longValue).sum());
		details.put("failing", status.failure() != null);
		return details;
	}

}
