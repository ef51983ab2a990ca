package io.telemetryrouter.internal.lane;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.Envelope;

/**
 * The queue of a lane. When it is full, critical events can be spared.
 * <p>
 * A search for an event to drop takes events from the front. The critical ones are set
 * aside with their positions. They are older than all that is left, so workers take them
 * first and the order holds. An event is set aside once at most, hence a search takes
 * constant time on average, and the queue's capacity at worst.
 * <p>
 * Before the first critical event is set aside, and while none is, this is a plain
 * {@link EventQueue}: an event pays for one or two reads of a field. The lock of those
 * set aside is taken by emitters that search and by workers while there are any.
 */
class LaneQueue extends EventQueue<Envelope<?>> {

	private static final int MAX_EVICTIONS = 64;

	private final Predicate<Envelope<?>> critical;

	private volatile @Nullable Aside aside;

	LaneQueue(int capacity, Predicate<Envelope<?>> critical) {
		super(capacity);
		this.critical = critical;
	}

	boolean isCritical(Envelope<?> event) {
		return this.critical.test(event);
	}

	/** Together with the events set aside there are never more than the capacity. */
	@Override
	boolean offer(Envelope<?> event) {
		Aside aside = this.aside;
		return (aside == null || aside.isEmpty()) ? super.offer(event) : aside.offer(event);
	}

	/**
	 * Adds an event to a full queue in place of the oldest one that is not critical, or
	 * of the {@code oldest} if it is critical as all others are. Returns {@code false} if
	 * the event itself is to be dropped.
	 */
	boolean replace(Envelope<?> event, boolean oldest, Consumer<Envelope<?>> evicted) {
		boolean critical = isCritical(event);
		// Other producers may take the room that this one makes: the number of attempts
		// is limited.
		for (int i = 0; i < MAX_EVICTIONS; i++) {
			Envelope<?> dropped = evictBestEffort();
			boolean full = dropped == null && isAllCritical();
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

	private boolean isAllCritical() {
		Aside aside = this.aside;
		return aside != null && super.isEmpty() && !aside.isEmpty();
	}

	/**
	 * Takes the oldest event that is not critical, even if the queue is frozen, or
	 * returns {@code null} if there is none.
	 */
	private @Nullable Envelope<?> evictBestEffort() {
		Aside aside = this.aside;
		if (aside == null) {
			Envelope<?> event = evict(new Position(), this.critical);
			Envelope<?> oldest = (event != null) ? null : super.peek();
			if (oldest == null || !isCritical(oldest)) {
				return event;
			}
			aside = create();
		}
		return aside.evictBestEffort();
	}

	private synchronized Aside create() {
		Aside created = (this.aside != null) ? this.aside : new Aside();
		this.aside = created;
		return created;
	}

	@Override
	@Nullable Envelope<?> poll(Position consumer) {
		Aside aside = this.aside;
		if (aside != null && !aside.isEmpty()) {
			Envelope<?> event = aside.take(consumer, false);
			if (event != null) {
				return event;
			}
		}
		Envelope<?> event = super.poll(consumer);
		aside = this.aside;
		// An older one may have been set aside just before.
		return (event != null && aside != null && !aside.isEmpty()) ? aside.exchange(event, consumer) : event;
	}

	@Override
	@Nullable Envelope<?> evict(Position consumer) {
		Aside aside = this.aside;
		Envelope<?> event = (aside != null && !aside.isEmpty()) ? aside.take(consumer, true) : null;
		return (event != null) ? event : super.evict(consumer);
	}

	@Override
	@Nullable Envelope<?> peek() {
		Aside aside = this.aside;
		Envelope<?> event = (aside != null && !aside.isEmpty()) ? aside.peek() : null;
		return (event != null) ? event : super.peek();
	}

	@Override
	void forEach(ObjLongConsumer<Envelope<?>> action) {
		Aside aside = this.aside;
		if (aside == null) {
			super.forEach(action);
			aside = this.aside;
			if (aside == null) {
				return;
			}
		}
		aside.forEach(action);
	}

	@Override
	void freeze(boolean frozen) {
		super.freeze(frozen);
		Aside aside = this.aside;
		if (aside != null) {
			aside.awaitTake();
		}
	}

	// Events move from the queue aside: the queue is looked at first.

	@Override
	boolean isEmpty() {
		return super.isEmpty() && (this.aside == null || this.aside.isEmpty());
	}

	boolean isHalfFree() {
		return size() <= capacity() / 2;
	}

	/** Returns how many events a flush has to wait for. */
	long pending() {
		return size();
	}

	/** Returns how many events were spilled. */
	long spilledTail() {
		return 0;
	}

	/** Returns how many of those were taken. */
	long spilledHead() {
		return 0;
	}

	/** Returns a position before which no event is left. */
	long oldest() {
		long head = head();
		Aside aside = this.aside;
		return (aside != null) ? Math.min(head, aside.first.position) : head;
	}

	@Override
	int size() {
		int size = super.size();
		Aside aside = this.aside;
		return (aside != null) ? Math.min(capacity(), size + aside.size) : size;
	}

	/** The events set aside, oldest first. */
	private final class Aside {

		/**
		 * The position of the first of them, from before it is taken from the queue.
		 */
		final Position first = new Position();

		/** Guarded by this. */
		private final TreeMap<Long, Envelope<?>> events = new TreeMap<>();

		/** Written under this. */
		volatile int size;

		boolean isEmpty() {
			return this.first.position == Position.NONE;
		}

		synchronized boolean offer(Envelope<?> event) {
			return LaneQueue.this.size() < capacity() && LaneQueue.super.offer(event);
		}

		synchronized @Nullable Envelope<?> evictBestEffort() {
			try {
				while (true) {
					Position position = this.events.isEmpty() ? this.first : new Position();
					Envelope<?> event = LaneQueue.super.evict(position);
					if (event == null || !add(event, position.position)) {
						return event;
					}
				}
			}
			finally {
				changed();
			}
		}

		/** Returns {@code false} if the event is not worth it, or without memory. */
		private boolean add(Envelope<?> event, long position) {
			try {
				if (!isCritical(event)) {
					return false;
				}
				this.events.put(position, event);
				return true;
			}
			catch (Throwable ex) {
				// It is dropped, and counted.
				return false;
			}
		}

		private void changed() {
			this.size = this.events.size();
			this.first.position = this.events.isEmpty() ? Position.NONE : this.events.firstKey();
		}

		synchronized @Nullable Envelope<?> take(Position consumer, boolean always) {
			if (this.events.isEmpty() || (isFrozen() && !always)) {
				return null;
			}
			// In hand before it counts as taken.
			consumer.position = this.events.firstKey();
			Envelope<?> event = this.events.pollFirstEntry().getValue();
			changed();
			return event;
		}

		/** Puts an event back that is not the oldest, and takes the oldest instead. */
		synchronized Envelope<?> exchange(Envelope<?> event, Position consumer) {
			Map.Entry<Long, Envelope<?>> oldest = this.events.firstEntry();
			if (oldest == null || oldest.getKey() > consumer.position) {
				return event;
			}
			try {
				this.events.put(consumer.position, event);
			}
			catch (Throwable ex) {
				// No memory. Better out of order than lost.
				return event;
			}
			consumer.position = oldest.getKey();
			this.events.remove(oldest.getKey());
			changed();
			return oldest.getValue();
		}

		/** Returns when no worker is taking an event that began before. */
		synchronized void awaitTake() {
		}

		synchronized @Nullable Envelope<?> peek() {
			return this.events.isEmpty() ? null : this.events.firstEntry().getValue();
		}

		synchronized void forEach(ObjLongConsumer<Envelope<?>> action) {
			this.events.forEach((position, event) -> action.accept(event, position));
			LaneQueue.super.forEach(action);
		}

	}

}
