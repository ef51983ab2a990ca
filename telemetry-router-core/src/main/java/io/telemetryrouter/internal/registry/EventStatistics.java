package io.telemetryrouter.internal.registry;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RouterListener;
import io.telemetryrouter.internal.metrics.LatencyHistogram;
import io.telemetryrouter.internal.support.Throttle;

/**
 * The counts and latencies of one event name, which outlive its routes. Thread-safe.
 */
public final class EventStatistics {

	private static final LongConsumer[] NO_RECORDERS = {};

	public final String name;

	public final LatencyHistogram latency = new LatencyHistogram();

	public final Throttle slowReports = new Throttle();

	/**
	 * Whether the name counts against the limit of names. Guarded by the tracked events.
	 */
	boolean limited;

	private final AtomicLong emitted = new AtomicLong();

	private final AtomicLong unhandled = new AtomicLong();

	private final AtomicLong slow = new AtomicLong();

	/** Whose counts these are once the name is forgotten. */
	private volatile @Nullable EventStatistics successor;

	private volatile LongConsumer[] recorders = NO_RECORDERS;

	private @Nullable Map<RouterListener, LongConsumer> recorderByListener;

	EventStatistics(String name) {
		this.name = name;
	}

	public void emitted(long count, boolean handled) {
		this.emitted.addAndGet(count);
		if (!handled) {
			this.unhandled.addAndGet(count);
		}
		passOn();
	}

	public void slow() {
		this.slow.incrementAndGet();
		passOn();
	}

	public long emitted() {
		return this.emitted.get();
	}

	public long unhandled() {
		return this.unhandled.get();
	}

	public long slowCount() {
		return this.slow.get();
	}

	public LongConsumer[] recorders() {
		return this.recorders;
	}

	/**
	 * Gives each dispatch's latency to a listener's recorder, once however often called.
	 * @param listener the listener
	 * @param recorder its recorder
	 */
	synchronized void addRecorder(RouterListener listener, LongConsumer recorder) {
		if (this.recorderByListener == null) {
			this.recorderByListener = new LinkedHashMap<>();
		}
		this.recorderByListener.put(listener, recorder);
		this.recorders = this.recorderByListener.values().toArray(NO_RECORDERS);
	}

	synchronized void removeRecorder(RouterListener listener) {
		if (this.recorderByListener != null && this.recorderByListener.remove(listener) != null) {
			this.recorders = this.recorderByListener.values().toArray(NO_RECORDERS);
		}
	}

	/**
	 * Moves the counts to the statistics of all untracked names, and what comes late,
	 * from emits that began before the name was forgotten, too. Latencies stay behind:
	 * those of names that were forgotten together say nothing.
	 * @param other the other statistics
	 */
	void moveTo(EventStatistics other) {
		this.successor = other;
		passOn();
	}

	private void passOn() {
		// Counted first, then looked: either the thread that moves sees the count, or
		// the thread that counts sees the move.
		EventStatistics next = this.successor;
		if (next != null) {
			next.emitted.addAndGet(this.emitted.getAndSet(0));
			next.unhandled.addAndGet(this.unhandled.getAndSet(0));
			next.slow.addAndGet(this.slow.getAndSet(0));
		}
	}

}
