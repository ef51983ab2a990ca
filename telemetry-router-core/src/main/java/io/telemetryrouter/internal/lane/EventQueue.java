package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;

/**
 * A bounded first-in-first-out queue for many producers and many consumers, without
 * locks, that takes memory only for what it holds: a linked list of short segments.
 * <p>
 * A producer claims a position by compare-and-set on {@code tail}, never more than
 * {@code capacity} ahead of {@code head}, then publishes into its slot. The claim is what
 * others can rely on: it comes before whatever the producer reads next, while the slot
 * may still be on its way, which saves a memory barrier. A consumer looks at the slot at
 * {@code head} and claims it by compare-and-set; an empty slot is the end, even when a
 * later one is filled, so that order holds. Positions only grow, slots are used once and
 * a segment is left to the garbage collector when all its slots have been taken, hence
 * nothing is ever mistaken for its successor.
 * <p>
 * The sign bit of {@code head} freezes the queue: workers then find nothing and no claim
 * of theirs succeeds, while those who make room still take some. So a pause costs the way
 * of an event no further read, and once it is said nothing more is taken.
 * <p>
 * Segments as in Kotlin's channels and in JCTools' unbounded queues, here with an exact
 * bound.
 */
final class EventQueue<E> {

	private static final VarHandle POSITION;

	private static final VarHandle SEGMENT;

	private static final VarHandle NEXT;

	private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Object[].class);

	static {
		try {
			MethodHandles.Lookup lookup = MethodHandles.lookup();
			POSITION = lookup.findVarHandle(Position.class, "position", long.class);
			SEGMENT = lookup.findVarHandle(End.class, "segment", Segment.class);
			NEXT = lookup.findVarHandle(Segment.class, "next", Segment.class);
		}
		catch (ReflectiveOperationException ex) {
			throw new ExceptionInInitializerError(ex);
		}
	}

	/** The bit of the head that says that workers are to take nothing. */
	private static final long FROZEN = Long.MIN_VALUE;

	private final int capacity;

	/** Its position with the {@link #FROZEN} bit while that is set. */
	private final End head;

	private final End tail;

	/**
	 * Creates a queue.
	 * @param capacity how many events it takes
	 */
	EventQueue(int capacity) {
		this.capacity = capacity;
		Segment first = new Segment(0);
		this.head = new End(first, 0);
		this.tail = new End(first, capacity);
	}

	/**
	 * Adds an event at the end. When this returns {@code true}, what the calling thread
	 * reads next is read after the queue was seen not to be {@linkplain #isEmpty()
	 * empty}.
	 * @param event the event
	 * @return {@code false} if the queue is full
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
					// No stack left for a call, so this is none. A claimed slot that
					// stays empty would end the queue for ever.
					synchronized (segment) {
						segment.slots[(int) (position - segment.base)] = event;
					}
				}
				return true;
			}
		}
	}

	/**
	 * Finds or makes the segment of a position.
	 * @param start a segment that is not beyond it
	 * @param position the position; if it is outdated the segment may be beyond it
	 * @return the segment
	 */
	private Segment reach(Segment start, long position) {
		Segment segment = start;
		while (position - segment.base >= Segment.SIZE) {
			Segment next = segment.next;
			if (next == segment) {
				// Unlinked meanwhile. The head is never beyond the tail.
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
	 * Takes the first event for a worker.
	 * @param consumer is set to the event's position before the event counts as taken
	 * @return the event, or {@code null} if there is none or the queue is frozen
	 */
	@Nullable E poll(Position consumer) {
		return poll(consumer, 0);
	}

	/**
	 * Takes the first event, of a frozen queue too, not to be handled.
	 * @param consumer is set to the event's position before the event counts as taken
	 * @return the event, or {@code null} if there is none
	 */
	@Nullable E evict(Position consumer) {
		return poll(consumer, FROZEN);
	}

	private @Nullable E poll(Position consumer, long ignored) {
		while (true) {
			long first = this.head.position;
			long position = first & ~ignored;
			if (position < 0) {
				return null;
			}
			Segment segment = segmentOf(position);
			if (segment == null) {
				if (first == this.head.position) {
					return null;
				}
				continue;
			}
			int index = (int) (position - segment.base);
			E event = event(segment, index);
			if (event == null) {
				if (first == this.head.position) {
					return null;
				}
				continue;
			}
			// Becomes visible no later than the claim.
			POSITION.setRelease(consumer, position);
			if (POSITION.compareAndSet(this.head, first, first + 1)) {
				segment.slots[index] = null;
				return event;
			}
		}
	}

	@SuppressWarnings("unchecked")
	private @Nullable E event(Segment segment, int index) {
		return (E) SLOTS.getAcquire(segment.slots, index);
	}

	/**
	 * Returns the first event without taking it.
	 * @return the event, or {@code null} if there is none
	 */
	@Nullable E peek() {
		while (true) {
			long position = head();
			Segment segment = segmentOf(position);
			E event = (segment != null) ? event(segment, (int) (position - segment.base)) : null;
			if (event != null || position == head()) {
				return event;
			}
		}
	}

	/**
	 * Finds the segment of the head position.
	 * @param position the position, as read from the head
	 * @return the segment; {@code null} if there is none yet or the position is outdated
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
	 * Returns whether there is no event, not even one that {@link #peek} does not show
	 * yet: one whose producer has a place for it and is about to put it there.
	 * @return whether all events that were added have been taken
	 */
	boolean isEmpty() {
		long last = this.tail.position;
		return head() >= last;
	}

	/**
	 * Returns the position of the next event to be added.
	 * @return the position; all events added before have lower ones
	 */
	long tail() {
		return this.tail.position;
	}

	/**
	 * Returns the position of the next event to be taken.
	 * @return the position
	 */
	long head() {
		return this.head.position & ~FROZEN;
	}

	/**
	 * Sets whether workers find the queue empty. When this has returned they do.
	 * @param frozen whether they do
	 */
	void freeze(boolean frozen) {
		long first = this.head.position;
		while (!POSITION.compareAndSet(this.head, first, frozen ? (first | FROZEN) : (first & ~FROZEN))) {
			first = this.head.position;
		}
	}

	boolean isFrozen() {
		return this.head.position < 0;
	}

	/**
	 * Returns how many events are queued, in constant time.
	 * @return the number; exact when nobody adds or takes
	 */
	int size() {
		long first = head();
		// The tail may have moved on by more than there is room for.
		return (int) Math.min(this.capacity, Math.max(0, this.tail.position - first));
	}

	int capacity() {
		return this.capacity;
	}

	/**
	 * Where a consumer is, which it writes for every event.
	 */
	static class Position extends Padded {

		/** Greater than every position: no event in hand. */
		static final long NONE = Long.MAX_VALUE;

		volatile long position = NONE;

	}

	/**
	 * One end of the queue: producers write one, consumers the other.
	 */
	private static final class End extends Position {

		volatile Segment segment;

		/**
		 * Of the tail: the first position known to be out of bounds; racy, never too
		 * high.
		 */
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
