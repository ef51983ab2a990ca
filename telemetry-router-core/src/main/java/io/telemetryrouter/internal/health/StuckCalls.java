package io.telemetryrouter.internal.health;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

import io.telemetryrouter.StuckCall;
import io.telemetryrouter.internal.event.DispatchStack;

/**
 * The calls of a handler that were found stuck. Only the watchdog's thread changes them,
 * any thread may read.
 *
 * @since 0.1.0
 */
public final class StuckCalls {

	private volatile List<Entry> entries = List.of();

	/**
	 * Returns all that were noted.
	 * @return the calls, some of which may have ended since
	 */
	List<Entry> entries() {
		return this.entries;
	}

	/**
	 * Returns those that have not ended.
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
	 * Notes a call, in place of the same call as it was found before.
	 * @param entry the call
	 */
	public void add(Entry entry) {
		List<Entry> all = new ArrayList<>(this.entries);
		all.removeIf((other) -> other.level == entry.level);
		all.add(entry);
		this.entries = List.copyOf(all);
	}

	void remove(Entry entry) {
		this.entries = this.entries.stream().filter((other) -> other != entry).toList();
	}

	/**
	 * A call.
	 *
	 * @param call what is shown of it
	 * @param level the level of its thread's frame that it was made on
	 * @param nanos when it was first seen, on the monotonic clock
	 * @param ended says whether it has ended since
	 */
	public record Entry(StuckCall call, DispatchStack.Level level, long nanos, BooleanSupplier ended) {
	}

}
