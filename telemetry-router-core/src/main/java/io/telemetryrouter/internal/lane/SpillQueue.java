package io.telemetryrouter.internal.lane;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.EventRecorder;
import io.telemetryrouter.internal.event.Envelope;
import io.telemetryrouter.internal.event.SpilledEvent;
import io.telemetryrouter.internal.support.Headroom;

/**
 * The queue of a lane that leaves events to the recorder when it is full.
 * <p>
 * From then on the lane is behind: only where events are in the recording is kept, in the
 * order in which they were offered, until its worker has handled the queue and then all
 * of them. An event that the recorder has not got to yet is in memory in the recorder's
 * own queue, so it is kept as it is meanwhile.
 * <p>
 * An event leaves the queue order only for later: the worker looks into the queue first,
 * under the lock under which events are spilled. So an event that a producer queued
 * before it spilled another one is found before that. One worker takes events. Any thread
 * may drop them meanwhile.
 */
final class SpillQueue extends LaneQueue {

	private final LaneTarget target;

	private final LaneServices services;

	/** Is given each event that cannot be read back. */
	private BiConsumer<SpilledEvent, @Nullable Throwable> lost = (event, failure) -> {
	};

	private final Object lock = new Object();

	// Guarded by the lock; those that are volatile are read without it.

	private volatile boolean behind;

	/** The oldest events. */
	private final SpilledEvents recorded = new SpilledEvents();

	/** Those behind them, whose numbers are not known yet. */
	private final Queue<Envelope<?>> unrecorded = new ArrayDeque<>();

	/** The event that the worker reads, until another thread drops it. */
	private @Nullable SpilledEvent reading;

	private volatile long spilled;

	private volatile long taken;

	/** The event read last: it stands for the next one, which is on disk. */
	private volatile @Nullable Envelope<?> latest;

	/** Whether a backlog is awaited or there: as if it were one spilled event. */
	private volatile boolean backlogged;

	private volatile @Nullable SpillBacklog backlog;

	/** Used by the worker while it reads, and under the lock while it does not. */
	private final SpillReader reader;

	/** A durable lane is behind, and hands nothing out, until it has its backlog. */
	SpillQueue(int capacity, boolean durable, LaneTarget target, LaneServices services) {
		super(capacity, services.critical());
		this.target = target;
		this.services = services;
		this.reader = new SpillReader(services.recording(), target);
		this.behind = durable;
		this.spilled = durable ? 1 : 0;
		this.backlogged = durable;
	}

	/** Sets what counts an event that cannot be read back, and says why. */
	void lost(BiConsumer<SpilledEvent, @Nullable Throwable> lost) {
		this.lost = lost;
	}

	boolean isBehind() {
		return this.behind;
	}

	/** Sets what comes before all else. */
	void backlog(EventRecorder.Backlog events) {
		SpillBacklog created = new SpillBacklog(events, this.target, this.services.reporter());
		synchronized (this.lock) {
			if (this.backlogged) {
				this.backlog = created;
				return;
			}
		}
		created.close();
	}

	/** Returns the backlog, while it is not handled. */
	@Nullable SpillBacklog backlog() {
		return this.backlog;
	}

	@Override
	boolean offer(Envelope<?> event) {
		if (!this.behind && super.offer(event)) {
			return true;
		}
		Headroom.require();
		synchronized (this.lock) {
			return (!this.behind && super.offer(event)) || spill(event);
		}
	}

	private boolean spill(Envelope<?> event) {
		settle();
		if (!this.services.recording().has(event) || this.recorded.isFull()) {
			return false;
		}
		if (this.unrecorded.isEmpty() && event.recorded() > 0) {
			this.recorded.add(event.spilled());
		}
		else {
			this.unrecorded.add(event);
		}
		this.behind = true;
		this.spilled++;
		return true;
	}

	/** Forgets the envelopes of events that the recorder has got to meanwhile. */
	private void settle() {
		Envelope<?> oldest = this.unrecorded.peek();
		while (oldest != null && !this.recorded.isFull()
				&& (oldest.recorded() != 0 || this.unrecorded.size() > this.services.recording().ahead())) {
			this.recorded.add(oldest.spilled());
			this.unrecorded.remove();
			oldest = this.unrecorded.peek();
		}
	}

	@Override
	@Nullable Envelope<?> poll(Position consumer) {
		Envelope<?> event = super.poll(consumer);
		while (event == null && this.behind && !isFrozen() && isReady()) {
			Headroom.require();
			SpillBacklog backlog = this.backlog;
			if (backlog != null) {
				event = take(backlog, consumer);
				continue;
			}
			SpilledEvent next;
			synchronized (this.lock) {
				event = super.poll(consumer);
				if (event != null || isFrozen()) {
					return event;
				}
				settle();
				next = this.recorded.first();
				if (next == null) {
					return takeUnrecorded(consumer);
				}
				this.reading = next;
			}
			event = read(next, consumer);
		}
		return event;
	}

	private boolean isReady() {
		return !this.backlogged || this.backlog != null;
	}

	private @Nullable Envelope<?> take(SpillBacklog backlog, Position consumer) {
		synchronized (this.lock) {
			backlog.reading = this.backlog == backlog;
			if (!backlog.reading) {
				return null;
			}
		}
		Envelope<?> event = backlog.next();
		synchronized (this.lock) {
			backlog.reading = false;
			if (this.backlog != backlog) {
				// The lane was emptied meanwhile. The worker drops the event.
				backlog.close();
			}
			else if (event == null) {
				endBacklog();
			}
			if (event != null) {
				consumer.position = Position.SPILLED;
				this.latest = event;
			}
		}
		return event;
	}

	private void endBacklog() {
		SpillBacklog ended = this.backlog;
		this.backlog = null;
		if (this.backlogged) {
			this.backlogged = false;
			this.taken++;
		}
		if (ended != null && !ended.reading) {
			ended.close();
		}
	}

	/** Takes an event that is still in memory, or has caught up. */
	private @Nullable Envelope<?> takeUnrecorded(Position consumer) {
		Envelope<?> event = this.unrecorded.peek();
		if (event != null) {
			consumer.position = Position.SPILLED;
			this.unrecorded.remove();
			this.taken++;
		}
		else {
			this.behind = false;
			closeReader();
		}
		return event;
	}

	/** Reads an event and takes it. Returns {@code null} if it is lost, or dropped. */
	private @Nullable Envelope<?> read(SpilledEvent next, Position consumer) {
		Envelope<?> event = null;
		Throwable failure = null;
		try {
			event = this.reader.read(next);
		}
		catch (Throwable ex) {
			failure = ex;
		}
		synchronized (this.lock) {
			if (!SpilledEvents.isSame(this.reading, next)) {
				closeReader();
				return null;
			}
			this.reading = null;
			if (event != null && isFrozen()) {
				return null;
			}
			consumer.position = Position.SPILLED;
			this.latest = event;
			this.recorded.remove();
			this.taken++;
		}
		if (event == null) {
			this.lost.accept(next, failure);
		}
		return event;
	}

	private void closeReader() {
		this.latest = null;
		this.reader.close();
	}

	/** Takes what was spilled in order to drop it, even if the queue is frozen. */
	void empty(Consumer<SpilledEvent> action) {
		for (SpilledEvent event = evictSpilled(); event != null; event = evictSpilled()) {
			action.accept(event);
		}
	}

	private @Nullable SpilledEvent evictSpilled() {
		synchronized (this.lock) {
			boolean read = this.reading != null;
			this.reading = null;
			SpilledEvent event = this.recorded.remove();
			Envelope<?> unrecorded = (event == null) ? this.unrecorded.poll() : null;
			if (unrecorded != null) {
				event = unrecorded.spilled();
			}
			if (event != null) {
				this.taken++;
			}
			else {
				endBacklog();
				this.behind = false;
				if (!read) {
					closeReader();
				}
			}
			return event;
		}
	}

	@Override
	void freeze(boolean frozen) {
		super.freeze(frozen);
		synchronized (this.lock) {
			// No worker is taking an event that began before.
			return;
		}
	}

	@Override
	boolean isEmpty() {
		return super.isEmpty() && (this.taken == this.spilled || !isReady());
	}

	@Override
	@Nullable Envelope<?> peek() {
		Envelope<?> event = super.peek();
		return (event != null || !this.behind) ? event : this.latest;
	}

	@Override
	int size() {
		return super.size() + (int) Math.min(Integer.MAX_VALUE / 2, spilledEvents());
	}

	@Override
	long pending() {
		return size() + (this.backlogged ? 1 : 0);
	}

	/** Returns how many events are spilled: nobody knows how many the backlog has. */
	long spilledEvents() {
		return Math.max(0, this.spilled - this.taken - (this.backlogged ? 1 : 0));
	}

	@Override
	long spilledTail() {
		return this.spilled;
	}

	@Override
	long spilledHead() {
		return this.taken;
	}

}
