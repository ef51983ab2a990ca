package io.telemetryrouter.internal;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

import io.telemetryrouter.DropReason;

/**
 * The counts of a handler that are not on the way of a handled event. Thread-safe.
 */
final class Counters {

	static final int OFFERED = 0;

	/** Only where calls are not measured; otherwise the histogram counts them. */
	static final int HANDLED = 1;

	static final int FAILED = 2;

	static final int FILTERED = 3;

	static final int SLOW = 4;

	private static final int FIRST_REASON = 5;

	private static final DropReason[] REASONS = DropReason.values();

	private final AtomicLongArray cells = new AtomicLongArray(FIRST_REASON + REASONS.length);

	void add(int counter, long count) {
		this.cells.getAndAdd(counter, count);
	}

	void drop(DropReason reason, long count) {
		add(FIRST_REASON + reason.ordinal(), count);
	}

	long get(int counter) {
		return this.cells.get(counter);
	}

	Map<DropReason, Long> dropped() {
		Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
		for (DropReason reason : REASONS) {
			dropped.put(reason, get(FIRST_REASON + reason.ordinal()));
		}
		return dropped;
	}

	long settled() {
		long sum = get(FAILED) + get(FILTERED);
		for (int i = 0; i < REASONS.length; i++) {
			sum += get(FIRST_REASON + i);
		}
		return sum;
	}

	/**
	 * Moves everything to other counters.
	 * @param target where to
	 */
	void moveTo(Counters target) {
		for (int i = 0; i < this.cells.length(); i++) {
			target.add(i, this.cells.getAndSet(i, 0));
		}
	}

}
