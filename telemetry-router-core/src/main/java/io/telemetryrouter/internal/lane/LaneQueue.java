package io.telemetryrouter.internal.lane;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.Envelope;

/**
 * The queue of a lane, which can spare critical events when it is full.
 * <p>
 * A search for an event to drop takes events from the front and sets critical ones aside
 * with their positions. These are older than all events left in the queue, so workers
 * take them first and the order holds. An event is set aside at most once. Hence a search
 * takes constant time on average, and time proportional to the capacity at worst.
 * <p>
 * While no event is set aside, this is a plain {@link EventQueue}: an event costs one or
 * two more reads of a field. The lock of the events set aside is taken by emitters that
 * search, and by workers while there are such events.
 */
class LaneQueue extends EventQueue<Envelope<?>> {

	private static final int MAX_EVICTIONS = 64;

	private final Predicate<Envelope<?>> critical;

	/** {@code null} until an event is set aside, which few queues ever do. */
	private volatile @Nullable Aside aside;

	LaneQueue(int capacity, Predicate<Envelope<?>> critical) {
		super(capacity);
		this.critical = critical;
	}

	boolean isCritical(Envelope<?> event) {
		return this.critical.test(event);
	}

	private boolean hasAside() {
		return positionAside() != Position.NONE;
	}

	private long positionAside() {
		Aside known = this.aside;
		return (known != null) ? known.position : Position.NONE;
	}

	/** Called under the lock. */
	private Aside aside() {
		Aside known = (this.aside != null) ? this.aside : new Aside();
		this.aside = known;
		return known;
	}

	/** Events set aside count against the capacity. */
	@Override
	boolean offer(Envelope<?> event) {
		if (!hasAside()) {
			return super.offer(event);
		}
		synchronized (this) {
			return size() < capacity() && super.offer(event);
		}
	}

	/**
	 * Adds an event to a full queue in place of the oldest event that is not critical. If
	 * all are critical, a critical event replaces the oldest one if {@code oldest} is
	 * set. Returns {@code false} if the event itself is to be dropped.
	 */
	boolean replace(Envelope<?> event, boolean oldest, Consumer<Envelope<?>> evicted) {
		boolean critical = isCritical(event);
		// Other producers can take the room made here, so the attempts are limited.
		for (int i = 0; i < MAX_EVICTIONS; i++) {
			Envelope<?> dropped = evictBestEffort();
			boolean full = dropped == null && super.isEmpty() && hasAside();
			if (full && critical && oldest) {
				dropped = evict(new Position());
			}
			if (dropped != null) {
				evicted.accept(dropped);
			}
			if (offer(event)) {
				return true;
			}
			if (full && dropped == null) {
				return false;
			}
		}
		return false;
	}

	/**
	 * Takes the oldest event that is not critical, even if the queue is frozen, or
	 * returns {@code null} if there is none.
	 */
	private @Nullable Envelope<?> evictBestEffort() {
		if (!hasAside()) {
			Envelope<?> event = evict(new Position(), this.critical);
			Envelope<?> oldest = (event != null) ? null : super.peek();
			if (oldest == null || !isCritical(oldest)) {
				return event;
			}
		}
		synchronized (this) {
			try {
				while (true) {
					Aside set = aside();
					Position position = set.events.isEmpty() ? set : new Position();
					Envelope<?> event = super.evict(position);
					if (event == null || !setAside(event, position.position)) {
						return event;
					}
				}
			}
			finally {
				aside().changed();
			}
		}
	}

	/** Returns {@code false} if the event is not critical, or on an error. */
	private boolean setAside(Envelope<?> event, long position) {
		try {
			if (!isCritical(event)) {
				return false;
			}
			aside().events.put(position, event);
			return true;
		}
		catch (Throwable ex) {
			// No memory, for example. The event is dropped and counted.
			return false;
		}
	}

	@Override
	@Nullable Envelope<?> poll(Position consumer) {
		Envelope<?> event = takeAside(consumer, false);
		if (event != null) {
			return event;
		}
		event = super.poll(consumer);
		// An older event may have been set aside just before.
		return (event != null && hasAside()) ? exchange(event, consumer) : event;
	}

	@Override
	@Nullable Envelope<?> evict(Position consumer) {
		Envelope<?> event = takeAside(consumer, true);
		return (event != null) ? event : super.evict(consumer);
	}

	private @Nullable Envelope<?> takeAside(Position consumer, boolean evenIfFrozen) {
		if (!hasAside()) {
			return null;
		}
		synchronized (this) {
			Aside set = aside();
			if (set.events.isEmpty() || (isFrozen() && !evenIfFrozen)) {
				return null;
			}
			// Set the position before the event counts as taken.
			consumer.position = set.events.firstKey();
			Envelope<?> event = set.events.pollFirstEntry().getValue();
			set.changed();
			return event;
		}
	}

	/** Sets an event aside that is not the oldest, and returns the oldest instead. */
	private Envelope<?> exchange(Envelope<?> event, Position consumer) {
		synchronized (this) {
			Aside set = aside();
			Map.Entry<Long, Envelope<?>> oldest = set.events.firstEntry();
			if (oldest == null || oldest.getKey() > consumer.position) {
				return event;
			}
			try {
				set.events.put(consumer.position, event);
			}
			catch (Throwable ex) {
				// No memory. An event out of order is better than a lost one.
				return event;
			}
			consumer.position = oldest.getKey();
			set.events.remove(oldest.getKey());
			set.changed();
			return oldest.getValue();
		}
	}

	@Override
	@Nullable Envelope<?> peek() {
		if (hasAside()) {
			synchronized (this) {
				if (!aside().events.isEmpty()) {
					return aside().events.firstEntry().getValue();
				}
			}
		}
		return super.peek();
	}

	@Override
	void forEach(ObjLongConsumer<Envelope<?>> action) {
		synchronized (this) {
			aside().events.forEach((position, event) -> action.accept(event, position));
			super.forEach(action);
		}
	}

	@Override
	void freeze(boolean frozen) {
		super.freeze(frozen);
		synchronized (this) {
			// Acquiring the lock waits for a worker that is taking an event.
			return;
		}
	}

	// Events move from the queue to those set aside, so the queue is read first.

	@Override
	boolean isEmpty() {
		return super.isEmpty() && !hasAside();
	}

	@Override
	int size() {
		int queued = super.size();
		Aside known = this.aside;
		return Math.min(capacity(), queued + ((known != null) ? known.size : 0));
	}

	boolean isHalfFree() {
		return size() <= capacity() / 2;
	}

	/** Returns a position below which no event is left. */
	long oldest() {
		return Math.min(head(), positionAside());
	}

	/** Returns the number of events that a flush has to wait for. */
	long pending() {
		return size();
	}

	/** Returns the number of events spilled so far. */
	long spilledTail() {
		return 0;
	}

	/** Returns the number of spilled events taken so far. */
	long spilledHead() {
		return 0;
	}

	/**
	 * The events that were set aside, by position, with the position of the first of
	 * them, from before it is taken from the queue. All writes are guarded by the lock of
	 * the queue; the position and the size are read without it.
	 */
	private static final class Aside extends Position {

		final TreeMap<Long, Envelope<?>> events = new TreeMap<>();

		volatile int size;

		void changed() {
			this.size = this.events.size();
			this.position = this.events.isEmpty() ? NONE : this.events.firstKey();
		}

	}

}
