package io.telemetryrouter.internal.dispatch;

import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.RouterSnapshot;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.EmitTracker.Outcome;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.health.Reporter;
import io.telemetryrouter.internal.support.Headroom;

/**
 * Holds events, in order, until the router starts. Events beyond its limit are only
 * counted, and their number is reported at the start. Thread-safe; no lock is held while
 * events are delivered.
 */
public final class HoldBuffer {

	private final int limit;

	private final int maxNames;

	private final Reporter reporter;

	private final CountDownLatch released = new CountDownLatch(1);

	/** Guarded by this, like {@link #overflow}. */
	private final Queue<Envelope<?>> events = new ArrayDeque<>();

	private final Map<String, Long> overflow = new LinkedHashMap<>();

	private volatile boolean holding;

	/** Written under this. */
	private volatile boolean releasing;

	/** The number of events added during the release. Guarded by this. */
	private int late;

	public HoldBuffer(int limit, int maxNames, Reporter reporter) {
		this.limit = limit;
		this.maxNames = maxNames;
		this.reporter = reporter;
		this.holding = limit > 0;
		if (!this.holding) {
			this.released.countDown();
		}
	}

	public boolean isHolding() {
		return this.holding;
	}

	/** Returns whether the release of held events has begun. */
	public boolean isReleasing() {
		return this.releasing;
	}

	public synchronized int size() {
		return this.events.size();
	}

	/** Holds an event, or returns {@code false} if it must be dispatched now. */
	public synchronized boolean hold(Envelope<?> event) {
		if (!this.holding) {
			return false;
		}
		if (hasRoom()) {
			EmitTracker.enqueued(event.tracker());
			this.events.add(event);
			return true;
		}
		boolean known = this.overflow.containsKey(event.name()) || this.overflow.size() < this.maxNames;
		this.overflow.merge(known ? event.name() : RouterSnapshot.OTHER_EVENTS, 1L, Long::sum);
		EmitTracker.count(event.tracker(), Outcome.DROPPED);
		return true;
	}

	private boolean hasRoom() {
		// With a handler slower than the emitters, the release would never end if it
		// accepted any number of new events.
		return this.events.size() < this.limit && (!this.releasing || this.late++ < this.limit);
	}

	/**
	 * Delivers the held events in order, and then up to the limit of the events added
	 * meanwhile. After that no event is held. A second call does nothing. {@code loss}
	 * receives the number of events beyond the limit, by name. A delivery that throws,
	 * for example because a clock does, is reported and does not affect the others.
	 */
	public void release(Consumer<Envelope<?>> delivery, ObjLongConsumer<String> loss) {
		// A thread without stack or memory fails here, before it begins.
		Headroom.require();
		Runnable deliver = () -> deliver(delivery);
		synchronized (this) {
			if (!this.holding || this.releasing) {
				return;
			}
			this.releasing = true;
		}
		try {
			// A failure ends a round, and the next round continues after its event.
			while (this.holding) {
				this.reporter.guard("Delivery of a held event", deliver);
			}
			countOverflow(loss);
		}
		finally {
			this.released.countDown();
		}
	}

	private void deliver(Consumer<Envelope<?>> delivery) {
		for (Envelope<?> event = next(); event != null; event = next()) {
			try {
				delivery.accept(event);
			}
			finally {
				EmitTracker.dequeued(event.tracker());
			}
		}
	}

	private void countOverflow(ObjLongConsumer<String> loss) {
		if (!this.overflow.isEmpty()) {
			this.reporter.notHeld(this.overflow.values().stream().mapToLong(Long::longValue).sum(), this.limit);
		}
		Iterator<Map.Entry<String, Long>> lost = this.overflow.entrySet().iterator();
		Runnable count = () -> lost.forEachRemaining((entry) -> loss.accept(entry.getKey(), entry.getValue()));
		while (lost.hasNext()) {
			this.reporter.guard("Count of events that were not held", count);
		}
	}

	private synchronized @Nullable Envelope<?> next() {
		Envelope<?> event = this.events.poll();
		if (event == null) {
			this.holding = false;
		}
		return event;
	}

	/**
	 * Waits for the end of the release. Returns {@code false} after the timeout, or after
	 * an interrupt, whose flag stays set.
	 */
	public boolean awaitRelease(long nanos) {
		try {
			return this.released.await(nanos, TimeUnit.NANOSECONDS);
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			return false;
		}
	}

}
