package io.telemetryrouter.internal.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;

/**
 * The counts of a handler that are not on the way of a handled event. Thread-safe.
 */
public final class Counters {

	public static final int OFFERED = 0;

	/** Only of handlers that have gone. */
	public static final int HANDLED = 1;

	public static final int FAILED = 2;

	public static final int FILTERED = 3;

	public static final int SLOW = 4;

	private static final int FIRST_REASON = 5;

	private static final DropReason[] REASONS = DropReason.values();

	/** Whose counts these are once the handler has gone. */
	private volatile @Nullable Counters successor;

	private final AtomicLongArray cells = new AtomicLongArray(FIRST_REASON + REASONS.length);

	public void add(int counter, long count) {
		this.cells.getAndAdd(counter, count);
		// Counted first, then looked: either the count is seen by the one who moves, or
		// the move by the one who counts.
		if (this.successor != null) {
			passOn();
		}
	}

	public void drop(DropReason reason, long count) {
		add(FIRST_REASON + reason.ordinal(), count);
	}

	public long get(int counter) {
		return this.cells.get(counter);
	}

	public long dropped(DropReason reason) {
		return get(FIRST_REASON + reason.ordinal());
	}

	public Map<DropReason, Long> dropped() {
		Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
		for (DropReason reason : REASONS) {
			dropped.put(reason, dropped(reason));
		}
		return dropped;
	}

	/**
	 * Moves everything to other counters, and what comes late too.
	 * @param target where to
	 */
	public void moveTo(Counters target) {
		this.successor = target;
		passOn();
	}

	private void passOn() {
		Counters next = this.successor;
		if (next != null) {
			for (int i = 0; i < this.cells.length(); i++) {
				next.cells.getAndAdd(i, this.cells.getAndSet(i, 0));
			}
		}
	}

}
