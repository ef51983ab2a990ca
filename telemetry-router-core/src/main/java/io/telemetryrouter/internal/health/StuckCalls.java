package io.telemetryrouter.internal.health;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.event.DispatchFrame;

/**
 * The calls of a handler that were found stuck or were given up. Thread-safe.
 */
public final class StuckCalls {

	/** Replaced under this. */
	private volatile List<Entry> entries = List.of();

	/**
	 * Returns all that were added.
	 * @return the calls, some of which may have ended since
	 */
	List<Entry> entries() {
		return this.entries;
	}

	/**
	 * Returns the calls that have not ended.
	 * @return the calls
	 */
	public List<StuckCall> current() {
		List<Entry> all = this.entries;
		if (all.isEmpty()) {
			return List.of();
		}
		return all.stream().filter((entry) -> !entry.ended.getAsBoolean()).map(Entry::call).toList();
	}

	/**
	 * Returns how many calls were given up and have not returned.
	 * @return the number
	 */
	public int abandoned() {
		int count = 0;
		for (Entry entry : this.entries) {
			count += (entry.call.abandoned() && !entry.ended.getAsBoolean()) ? 1 : 0;
		}
		return count;
	}

	/**
	 * Adds a call, in place of the same call as it was found before.
	 * @param entry the call
	 */
	public synchronized void add(Entry entry) {
		List<Entry> all = new ArrayList<>(this.entries);
		all.removeIf((other) -> other.frame == entry.frame && !other.call.abandoned());
		all.add(entry);
		this.entries = List.copyOf(all);
	}

	synchronized void remove(Entry entry) {
		this.entries = this.entries.stream().filter((other) -> other != entry).toList();
	}

	/**
	 * A call.
	 *
	 * @param call what is shown of it
	 * @param frame the frame of its emit
	 * @param since when it was first seen, on the monotonic clock
	 * @param ended says whether it has ended since
	 */
	public record Entry(StuckCall call, DispatchFrame frame, long since, BooleanSupplier ended) {
	}

}
