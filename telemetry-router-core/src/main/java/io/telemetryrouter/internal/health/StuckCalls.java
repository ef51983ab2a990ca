package io.telemetryrouter.internal.health;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.event.DispatchFrame;
import io.telemetryrouter.internal.support.Throttle;

/**
 * The calls of a handler that were found stuck or timed out. Thread-safe.
 */
public final class StuckCalls {

	/** {@code null} until the first report: most handlers never have one. */
	private @Nullable Throttle returns;

	/**
	 * All calls that were added, some of which may have ended. Replaced as a whole,
	 * guarded by this.
	 */
	volatile List<Entry> entries = List.of();

	public List<StuckCall> current() {
		List<Entry> entries = this.entries;
		if (entries.isEmpty()) {
			return List.of();
		}
		return entries.stream().filter((entry) -> !entry.ended.getAsBoolean()).map(Entry::call).toList();
	}

	/** Returns how many calls timed out and have not returned. */
	public int abandoned() {
		int count = 0;
		for (Entry entry : this.entries) {
			count += (entry.call.abandoned() && !entry.ended.getAsBoolean()) ? 1 : 0;
		}
		return count;
	}

	/**
	 * Adds a call, which replaces an entry of the same call that was found stuck before.
	 */
	public synchronized void add(Entry entry) {
		List<Entry> all = new ArrayList<>(this.entries);
		all.removeIf((other) -> other.frame == entry.frame && !other.call.abandoned());
		all.add(entry);
		this.entries = List.copyOf(all);
	}

	/** Returns the limit of reports of calls that have returned. */
	synchronized Throttle returns() {
		Throttle known = (this.returns != null) ? this.returns : new Throttle();
		this.returns = known;
		return known;
	}

	synchronized void remove(Entry entry) {
		this.entries = this.entries.stream().filter((other) -> other != entry).toList();
	}

	/**
	 * A stuck or timed-out call: the subject of its log lines, the call, its frame, the
	 * monotonic time at which it was first seen, and whether it has ended.
	 */
	public record Entry(String subject, StuckCall call, DispatchFrame frame, long since, BooleanSupplier ended) {
	}

}
