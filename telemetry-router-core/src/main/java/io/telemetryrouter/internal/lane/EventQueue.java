package io.telemetryrouter.internal.lane;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.ObjLongConsumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.support.Padded;
import io.telemetryrouter.internal.support.VarHandles;

/**
 * A bounded, lock-free first-in-first-out queue for many producers and many consumers. It
 * takes memory only for its events: a linked list of short segments, as in Kotlin's
 * channels and in JCTools' unbounded queues, here with an exact bound.
 * <p>
 * A producer claims a position by compare-and-set on {@code tail}, never more than
 * {@code capacity} ahead of {@code head}, then publishes the event into its slot. The
 * claim alone makes the queue non-empty, and it precedes the producer's next read. So the
 * write of the slot needs no further memory barrier. A consumer reads the slot at
 * {@code head} and claims it by compare-and-set. An empty slot ends the queue even if a
 * later slot is filled, so that order holds. Positions only grow, each slot is used once,
 * and a segment becomes garbage when all its slots have been taken, hence the ABA problem
 * cannot occur.
 * <p>
 * The sign bit of {@code head} freezes the queue: workers then find no event and their
 * claims fail, while producers can still evict events. So a pause costs an event no
 * further read, and workers take no event after {@link #freeze} has returned.
 */
class EventQueue<E> {

	private static final VarHandle POSITION = VarHandles.field(MethodHandles.lookup(), Position.class, "position",
			long.class);

	private static final VarHandle SEGMENT = VarHandles.field(MethodHandles.lookup(), End.class, "segment",
			Segment.class);

	private static final VarHandle NEXT = VarHandles.field(MethodHandles.lookup(), Segment.class, "next",
			Segment.class);

	private static final VarHandle SLOTS = MethodHandles.arrayElementVarHandle(Object[].class);

	/** The bit of the head that stops workers from taking events. */
	private static final long FROZEN = Long.MIN_VALUE;

	private final int capacity;

	/** The position carries the {@link #FROZEN} bit while the queue is frozen. */
	private final End head;

	private final End tail;

	EventQueue(int capacity) {
		this.capacity = capacity;
		Segment first = new Segment(0);
		this.head = new End(first, 0);
		this.tail = new End(first, capacity);
	}

	/**
	 * Adds an event at the end, or returns {@code false} if the queue is full. Once the
	 * event is added, the queue is not {@linkplain #isEmpty() empty} at any later read of
	 * the calling thread until the event is taken.
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
			// Allocate before the claim, so that no claimed slot is lost to a failure.
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
					// that stays empty would block the queue for ever.
					synchronized (segment) {
						segment.slots[(int) (position - segment.base)] = event;
					}
				}
				return true;
			}
		}
	}

	/**
	 * Returns the segment of a position, created if needed, or a later one if the
	 * position is outdated. The start segment must not be beyond the position.
	 */
	private Segment reach(Segment start, long position) {
		Segment segment = start;
		while (position - segment.base >= Segment.SIZE) {
			Segment next = segment.next;
			if (next == segment) {
				// The segment was unlinked. The head's segment is never beyond the tail.
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
	 * Takes the first event for a worker; {@code null} if there is none or the queue is
	 * frozen. Sets the consumer's position before the event counts as taken.
	 */
	@Nullable E poll(Position consumer) {
		return poll(consumer, 0, null);
	}

	/** Takes the first event to drop it, even if the queue is frozen. */
	@Nullable E evict(Position consumer) {
		return poll(consumer, FROZEN, null);
	}

	/** Takes the first event to drop it, unless the predicate spares it. */
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
			// The position becomes visible no later than the claim.
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
	 * Passes the queued events and their positions to an action, in order. An event that
	 * is added or taken concurrently may be left out.
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
				// All events of an unlinked segment were taken.
				segment = (next != segment) ? next : this.head.segment;
			}
			position = Math.max(position, segment.base);
			E event = event(segment, position);
			if (event != null) {
				action.accept(event, position);
			}
		}
	}

	/** Returns the head's segment; {@code null} if none or the position is outdated. */
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
				// Unlink: a dead segment in the old generation must not keep live ones.
				segment.next = segment;
			}
			segment = next;
		}
		return (position >= segment.base) ? segment : null;
	}

	/** Returns whether no position is claimed: no event is queued or being published. */
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

	/** Freezes or thaws the queue. No poll takes an event once a freeze has returned. */
	void freeze(boolean frozen) {
		long first = this.head.position;
		while (!POSITION.compareAndSet(this.head, first, frozen ? (first | FROZEN) : (first & ~FROZEN))) {
			first = this.head.position;
		}
	}

	boolean isFrozen() {
		return this.head.position < 0;
	}

	/** Returns the number of events; exact while no thread adds or takes. */
	int size() {
		long first = head();
		// The tail may have moved on by more than the capacity since.
		return (int) Math.min(this.capacity, Math.max(0, this.tail.position - first));
	}

	int capacity() {
		return this.capacity;
	}

	/** The position of a consumer, padded since it is written for every event. */
	static class Position extends Padded {

		/** Greater than every position: no event in hand. */
		static final long NONE = Long.MAX_VALUE;

		/** Less than every position: a spilled event in hand, not from the queue. */
		static final long SPILLED = -1;

		volatile long position = NONE;

	}

	/** One end of the queue: producers write one, consumers the other. */
	private static final class End extends Position {

		volatile Segment segment;

		/** Of the tail: positions below it have room; racy, never too high. */
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
