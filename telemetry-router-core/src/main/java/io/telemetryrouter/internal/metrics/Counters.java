package io.telemetryrouter.internal.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.DropReason;

/**
 * The counters of a handler or an event name that a handled event does not increment.
 * Their counts can be moved to a successor, which then receives late counts too.
 * Thread-safe.
 */
public final class Counters {

	public static final int OFFERED = 0;

	/** Used by asynchronous handlers whose latency is not measured. */
	public static final int HANDLED = 1;

	public static final int FAILED = 2;

	public static final int FILTERED = 3;

	public static final int SLOW = 4;

	private static final int FIRST_REASON = 5;

	private static final DropReason[] REASONS = DropReason.values();

	private volatile @Nullable Counters successor;

	private final AtomicLongArray cells;

	/** Creates the counters of a handler. */
	public Counters() {
		this(FIRST_REASON + REASONS.length);
	}

	public Counters(int size) {
		this.cells = new AtomicLongArray(size);
	}

	public void add(int counter, long count) {
		this.cells.getAndAdd(counter, count);
		// Adds the count before it reads the successor: either the moving thread sees the
		// count, or this thread sees the successor. Without a successor no call follows
		// the count, since a call could overflow the stack: it would be counted again.
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

	/** Moves all counts, including late ones, to other counters. */
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
