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
 * The queue of a lane that spills events to the recorder when the queue is full.
 * <p>
 * From the first spilled event on, the lane is behind: it keeps only the location of each
 * event in the recording, in the order of the offers, until its worker has handled the
 * queue and then all spilled events. An event that is not recorded yet is in the
 * recorder's own queue in memory anyway, so its envelope is kept until then.
 * <p>
 * Spilling delays events but keeps their order: the worker first empties the queue, under
 * the lock that a spill takes. So it finds an event that a producer queued before it
 * finds a later event that the same producer spilled. One worker takes events. Any thread
 * may drop events concurrently.
 */
final class SpillQueue extends LaneQueue {

	private final LaneTarget target;

	private final LaneServices services;

	/** Accepts each event that cannot be read back, with the failure if there is one. */
	private final BiConsumer<SpilledEvent, @Nullable Throwable> lost;

	// Guarded by this. The volatile fields are read without the lock.

	private volatile boolean behind;

	/** The locations of the oldest spilled events. */
	private final SpilledEvents recorded = new SpilledEvents();

	/** The later spilled events, whose recorded numbers are not known yet. */
	private final Queue<Envelope<?>> unrecorded = new ArrayDeque<>();

	/** Whether the worker is reading the recording. It closes then what it reads. */
	private boolean reading;

	private volatile long spilled;

	private volatile long taken;

	/** The event read last. It stands in for the next event, which is on disk. */
	private volatile @Nullable Envelope<?> latest;

	/** Whether a backlog is expected or unfinished. It counts as one spilled event. */
	private volatile boolean backlogged;

	private volatile @Nullable SpillBacklog backlog;

	/** The backlog until it is handled, or for ever if it was not read to its end. */
	private volatile @Nullable SpillBacklog unfinished;

	/** The event of the backlog that was read while the queue was being frozen. */
	private volatile @Nullable Envelope<?> kept;

	/** Used by the worker while it is reading, otherwise guarded by this. */
	private final SpillReader reader;

	/** A durable lane is behind, and returns no event, until it gets its backlog. */
	SpillQueue(int capacity, boolean durable, LaneTarget target, LaneServices services,
			BiConsumer<SpilledEvent, @Nullable Throwable> lost) {
		super(capacity, services.critical());
		this.target = target;
		this.services = services;
		this.lost = lost;
		this.reader = new SpillReader(services.recording(), target);
		this.behind = durable;
		this.spilled = durable ? 1 : 0;
		this.backlogged = durable;
	}

	boolean isBehind() {
		return this.behind;
	}

	/**
	 * Sets the backlog, which comes before all other events. Closes the backlog if the
	 * lane was emptied before.
	 */
	void backlog(EventRecorder.Backlog events) {
		SpillBacklog created = new SpillBacklog(events, this.target, this.services.reporter());
		synchronized (this) {
			if (this.backlogged) {
				this.backlog = created;
				this.unfinished = created;
				return;
			}
		}
		created.close();
	}

	/** Returns the backlog, or {@code null} if it is not set yet or finished. */
	@Nullable SpillBacklog unfinished() {
		return this.unfinished;
	}

	@Override
	boolean offer(Envelope<?> event) {
		if (!this.behind && super.offer(event)) {
			return true;
		}
		Headroom.require();
		synchronized (this) {
			return (!this.behind && super.offer(event)) || spill(event);
		}
	}

	private boolean spill(Envelope<?> event) {
		releaseRecorded();
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

	/** Replaces the envelopes of events that are recorded by their locations. */
	private void releaseRecorded() {
		Envelope<?> oldest = this.unrecorded.peek();
		while (oldest != null && !this.recorded.isFull() && oldest.recorded() != 0) {
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
			synchronized (this) {
				event = super.poll(consumer);
				if (event != null || isFrozen() || !super.isEmpty()) {
					// A claimed position may precede queued events that are published.
					return event;
				}
				releaseRecorded();
				next = this.recorded.first();
				if (next == null) {
					return takeUnrecorded(consumer);
				}
				this.reading = true;
			}
			event = read(next, consumer);
		}
		return event;
	}

	private boolean isReady() {
		return !this.backlogged || this.backlog != null;
	}

	private @Nullable Envelope<?> take(SpillBacklog backlog, Position consumer) {
		synchronized (this) {
			Envelope<?> read = this.kept;
			if (this.backlog != backlog || isFrozen()) {
				return null;
			}
			if (read != null) {
				consumer.position = Position.SPILLED;
				this.kept = null;
				return read;
			}
			this.reading = true;
		}
		Envelope<?> event = backlog.next();
		synchronized (this) {
			this.reading = false;
			if (this.backlog != backlog) {
				// The lane was emptied meanwhile. The worker drops the returned event.
				backlog.close();
			}
			else if (event == null) {
				endBacklog();
			}
			else if (isFrozen()) {
				this.latest = event;
				this.kept = event;
				return null;
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
		this.unfinished = (ended != null && ended.failed) ? ended : null;
		if (this.backlogged) {
			this.backlogged = false;
			this.taken++;
		}
		if (ended != null && !this.reading) {
			ended.close();
		}
	}

	/** Takes an event that is in memory. If there is none, the lane has caught up. */
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

	/** Reads and takes an event; {@code null} if lost, dropped or frozen meanwhile. */
	private @Nullable Envelope<?> read(SpilledEvent next, Position consumer) {
		Envelope<?> event = null;
		Throwable failure = null;
		try {
			event = this.reader.read(next);
		}
		catch (Throwable ex) {
			failure = ex;
		}
		synchronized (this) {
			this.reading = false;
			if (!SpilledEvents.isSame(this.recorded.first(), next)) {
				// Another thread has dropped the event, and all others.
				closeReader();
				return null;
			}
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

	/** Passes all spilled events to an action that drops them, even if frozen. */
	void empty(Consumer<SpilledEvent> action) {
		for (SpilledEvent event = evictSpilled(); event != null; event = evictSpilled()) {
			action.accept(event);
		}
	}

	private @Nullable SpilledEvent evictSpilled() {
		synchronized (this) {
			// What allocates precedes the removal of an event.
			Envelope<?> read = this.kept;
			SpilledEvent event = (read != null) ? read.spilled() : this.recorded.remove();
			if (read != null) {
				this.kept = null;
				return event;
			}
			Envelope<?> inMemory = (event == null) ? this.unrecorded.peek() : null;
			if (inMemory != null) {
				event = inMemory.spilled();
				this.unrecorded.remove();
			}
			if (event != null) {
				this.taken++;
			}
			else {
				endBacklog();
				this.behind = false;
				if (!this.reading) {
					closeReader();
				}
			}
			return event;
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

	/** Returns the number of spilled events, without the unread part of the backlog. */
	long spilledEvents() {
		return Math.max(0, this.spilled - this.taken - (this.backlogged ? 1 : 0)) + ((this.kept != null) ? 1 : 0);
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
