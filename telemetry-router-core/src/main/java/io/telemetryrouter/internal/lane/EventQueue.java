package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * A bounded first-in-first-out queue for many producers and many consumers, without
 * locks, that takes memory only for its events: a linked list of short segments, as in
 * Kotlin's channels and in JCTools' unbounded queues, here with an exact bound.
 * <p>
 * A producer claims a position by compare-and-set on {@code tail}, never more than
 * {@code capacity} ahead of {@code head}, then publishes into its slot. Other threads
 * rely on the claim: it comes before the producer's next read, while the slot may still
 * be empty, which saves a memory barrier. A consumer reads the slot at {@code head} and
 * claims it by compare-and-set; an empty slot is the end, even when a later one is
 * filled, so that order holds. Positions only grow, slots are used once and a segment is
 * left to the garbage collector when all its slots have been taken, hence no slot is ever
 * mistaken for its successor.
 * <p>
 * The sign bit of {@code head} freezes the queue: workers then find no event and none of
 * their claims succeeds, while producers can still evict events. So a pause costs an
 * event no further read, and no event is taken after {@link #freeze} has returned.
 */
class EventQueue<E> {

	private static final VarHandle POSITION = VarHandles.field(MethodHandles.lookup(), Position.class, "position",
			long.class);

	private static final VarHandle SEGMENT = VarHandles.field(MethodHandles.lookup(), End.class, "segment",
			Segment.class);

	private static final VarHandle NEXT = VarHandles.field(MethodHandles.lookup(), Segment.class, "next",
			Segment.class);

	private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Object[].class);

	/** The bit of the head that makes workers take nothing. */
	private static final long FROZEN = Long.MIN_VALUE;

	private final int capacity;

	/** Its position with the {@link #FROZEN} bit while that is set. */
	private final End head;

	private final End tail;

	EventQueue(int capacity) {
		this.capacity = capacity;
		Segment first = new Segment(0);
		this.head = new End(first, 0);
		this.tail = new End(first, capacity);
	}

	/**
	 * Adds an event at the end, or returns {@code false} if the queue is full. The event
	 * makes the queue not {@linkplain #isEmpty() empty} before the calling thread reads
	 * anything else.
	 */
	boolean offer(E event) {
		while (true) {
			Segment start = this.tail.segment;
			long position = this.tail.position;
			if (position >= this.tail.limit) {
				long first = head();
				if (position - first >= this.capacity) {
					return false;
				}
				this.tail.limit = first + this.capacity;
			}
			// Reached before the claim: a claimed slot must not be lost to a failed
			// allocation.
			Segment segment = reach(start, position);
			if (segment.base > position) {
				continue;
			}
			if (POSITION.compareAndSet(this.tail, position, position + 1)) {
				try {
					advanceTail(segment);
					SLOTS.setRelease(segment.slots, (int) (position - segment.base), event);
				}
				catch (Throwable ex) {
					// Inlined on purpose: no stack is left for a call. A claimed slot
					// that stays empty would end the queue for ever.
					synchronized (segment) {
						segment.slots[(int) (position - segment.base)] = event;
					}
				}
				return true;
			}
		}
	}

	/**
	 * Returns the segment of a position, made if need be, or a later one if the position
	 * is outdated. The search begins at a segment that is not beyond the position.
	 */
	private Segment reach(Segment start, long position) {
		Segment segment = start;
		while (position - segment.base >= Segment.SIZE) {
			Segment next = segment.next;
			if (next == segment) {
				// Unlinked meanwhile. The head's segment is never beyond the tail.
				segment = this.head.segment;
			}
			else if (next != null) {
				segment = next;
			}
			else {
				NEXT.compareAndSet(segment, null, new Segment(segment.base + Segment.SIZE));
			}
		}
		return segment;
	}

	private void advanceTail(Segment segment) {
		Segment last = this.tail.segment;
		while (last.base < segment.base && !SEGMENT.compareAndSet(this.tail, last, segment)) {
			last = this.tail.segment;
		}
	}

	/**
	 * Takes the first event for a worker, or returns {@code null} if there is none or the
	 * queue is frozen. The consumer is set to the event's position before the event
	 * counts as taken.
	 */
	@Nullable E poll(Position consumer) {
		return poll(consumer, 0, null);
	}

	/** Takes the first event in order to drop it, even if the queue is frozen. */
	@Nullable E evict(Position consumer) {
		return poll(consumer, FROZEN, null);
	}

	/** Takes the first event to drop it, unless it is to be spared. */
	final @Nullable E evict(Position consumer, Predicate<E> spared) {
		return poll(consumer, FROZEN, spared);
	}

	private @Nullable E poll(Position consumer, long ignored, @Nullable Predicate<E> spared) {
		while (true) {
			long first = this.head.position;
			long position = first & ~ignored;
			if (position < 0) {
				return null;
			}
			Segment segment = segmentOf(position);
			E event = event(segment, position);
			if (segment == null || event == null) {
				if (first == this.head.position) {
					return null;
				}
				continue;
			}
			if (spared != null && spared.test(event)) {
				return null;
			}
			// Becomes visible no later than the claim.
			POSITION.setRelease(consumer, position);
			if (POSITION.compareAndSet(this.head, first, first + 1)) {
				segment.slots[(int) (position - segment.base)] = null;
				return event;
			}
		}
	}

	@SuppressWarnings("unchecked")
	private @Nullable E event(@Nullable Segment segment, long position) {
		return (segment != null) ? (E) SLOTS.getAcquire(segment.slots, (int) (position - segment.base)) : null;
	}

	@Nullable E peek() {
		while (true) {
			long position = head();
			E event = event(segmentOf(position), position);
			if (event != null || position == head()) {
				return event;
			}
		}
	}

	/**
	 * Passes on the queued events with their positions, in order. An event that is added
	 * or taken meanwhile may be left out.
	 */
	void forEach(ObjLongConsumer<E> action) {
		long end = this.tail.position;
		Segment segment = this.head.segment;
		for (long position = head(); position < end; position++) {
			while (position - segment.base >= Segment.SIZE) {
				Segment next = segment.next;
				if (next == null) {
					return;
				}
				// If unlinked, all its events were taken.
				segment = (next != segment) ? next : this.head.segment;
			}
			position = Math.max(position, segment.base);
			E event = event(segment, position);
			if (event != null) {
				action.accept(event, position);
			}
		}
	}

	/**
	 * Returns the segment of the head's position, if there is one and it is not outdated.
	 */
	private @Nullable Segment segmentOf(long position) {
		Segment segment = this.head.segment;
		while (position - segment.base >= Segment.SIZE) {
			Segment next = segment.next;
			if (next == null) {
				return null;
			}
			if (next == segment) {
				segment = this.head.segment;
				continue;
			}
			if (SEGMENT.compareAndSet(this.head, segment, next)) {
				// A dead segment in the old generation must not keep live ones.
				segment.next = segment;
			}
			segment = next;
		}
		return (position >= segment.base) ? segment : null;
	}

	/**
	 * Returns whether no event is queued, nor claimed by a producer and not yet visible.
	 */
	boolean isEmpty() {
		long last = this.tail.position;
		return head() >= last;
	}

	/** Returns the position of the next event to be added. */
	long tail() {
		return this.tail.position;
	}

	long head() {
		return this.head.position & ~FROZEN;
	}

	/** Sets whether workers find the queue empty. They do when this has returned. */
	void freeze(boolean frozen) {
		long first = this.head.position;
		while (!POSITION.compareAndSet(this.head, first, frozen ? (first | FROZEN) : (first & ~FROZEN))) {
			first = this.head.position;
		}
	}

	boolean isFrozen() {
		return this.head.position < 0;
	}

	/** Returns how many events are queued; exact while no thread adds or takes. */
	int size() {
		long first = head();
		// The tail may have moved on by more than there is room for.
		return (int) Math.min(this.capacity, Math.max(0, this.tail.position - first));
	}

	int capacity() {
		return this.capacity;
	}

	/** The position of a consumer, which writes it for every event. */
	static class Position extends Padded {

		/** Greater than every position: no event in hand. */
		static final long NONE = Long.MAX_VALUE;

		/** Less than every position: an event in hand that was not in the queue. */
		static final long SPILLED = -1;

		volatile long position = NONE;

	}

	/** One end of the queue: producers write one, consumers the other. */
	private static final class End extends Position {

		volatile Segment segment;

		/** Of the tail: a position known to be out of bounds; racy, never too high. */
		long limit;

		End(Segment segment, long limit) {
			this.position = 0;
			this.segment = segment;
			this.limit = limit;
		}

	}

	private static final class Segment {

		static final int SIZE = 32;

		final long base;

		final @Nullable Object[] slots = new Object[SIZE];

		volatile @Nullable Segment next;

		Segment(long base) {
			this.base = base;
		}

	}

}
