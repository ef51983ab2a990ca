package io.telemetryrouter.internal.lane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.Cause;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Run;
import io.telemetryrouter.internal.event.SpilledEvent;

/**
 * Where spilled events are in the recording, oldest first. Each is written as its
 * difference from the one before, mostly in one to four bytes, in chunks that are left to
 * the garbage collector when they have been read. Guarded by the lock of its owner.
 */
final class SpilledEvents {

	/** In all 16 MiB. */
	private static final int MAX_CHUNKS = 16 << 10;

	private static final SpilledEvent START = new SpilledEvent(0, 0, null, null, 0, null, null);

	private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();

	/** The first event, if it was asked for. */
	private @Nullable SpilledEvent first;

	/** Returns whether there is no room for another event. */
	boolean isFull() {
		return this.chunks.size() >= MAX_CHUNKS && !this.chunks.getLast().hasRoom();
	}

	void add(SpilledEvent event) {
		Chunk last = this.chunks.peekLast();
		if (last == null || !last.hasRoom()) {
			last = new Chunk();
			this.chunks.add(last);
		}
		last.write(event);
	}

	@Nullable SpilledEvent first() {
		if (this.first == null) {
			Chunk chunk = this.chunks.peek();
			this.first = (chunk != null) ? chunk.read() : null;
		}
		return this.first;
	}

	@Nullable SpilledEvent remove() {
		SpilledEvent removed = first();
		this.first = null;
		Chunk chunk = this.chunks.peek();
		if (chunk != null && chunk.isRead()) {
			this.chunks.remove();
		}
		return removed;
	}

	/** A hundred events or several hundred, and the objects that they refer to. */
	private static final class Chunk {

		private static final int BYTES = 1 << 10;

		/** More than an event can take. */
		private static final int MAX_EVENT = 64;

		private static final int MAX_OBJECTS = 128;

		private static final int NEXT_NUMBER = 1;

		private static final int SEQUENCE_ALIKE = 2;

		private static final int SAME_TYPE = 4;

		private static final int SAME_RUN = 8;

		private static final int NEXT_IN_RUN = 16;

		private static final int CAUSE = 32;

		private static final int TRACKER = 64;

		private final byte[] bytes = new byte[BYTES];

		private int end;

		private int next;

		private final List<Object> objects = new ArrayList<>();

		private SpilledEvent lastWritten = START;

		private SpilledEvent lastRead = START;

		boolean hasRoom() {
			return this.end <= BYTES - MAX_EVENT && this.objects.size() <= MAX_OBJECTS;
		}

		boolean isRead() {
			return this.next == this.end;
		}

		/** What it writes counts when it is complete: there may be no memory. */
		void write(SpilledEvent event) {
			SpilledEvent last = this.lastWritten;
			long step = event.number() - last.number();
			boolean alike = event.sequence() - last.sequence() == step;
			boolean sameType = event.type() == last.type();
			boolean sameRun = isSame(event.run(), last.run());
			long expected = nextInRun(last, event.run());
			boolean nextInRun = event.runSequence() == expected;
			int at = this.end;
			this.bytes[at++] = (byte) (flag(step == 1, NEXT_NUMBER) | flag(alike, SEQUENCE_ALIKE)
					| flag(sameType, SAME_TYPE) | flag(sameRun, SAME_RUN) | flag(nextInRun, NEXT_IN_RUN)
					| flag(event.cause() != null, CAUSE) | flag(event.tracker() != null, TRACKER));
			at = (step == 1) ? at : write(at, step);
			at = alike ? at : write(at, event.sequence() - last.sequence());
			at = sameType ? at : write(at, index(event.type()));
			at = sameRun ? at : write(at, index(event.run()));
			at = nextInRun ? at : write(at, event.runSequence() - expected);
			at = (event.cause() == null) ? at : write(at, index(event.cause()));
			at = (event.tracker() == null) ? at : write(at, index(event.tracker()));
			// What it refers to is in the list.
			this.lastWritten = new SpilledEvent(event.number(), event.sequence(), event.type(), event.run(),
					event.runSequence(), null, null);
			this.end = at;
		}

		@SuppressWarnings("ReferenceEquality")
		private static boolean isSame(@Nullable Object one, @Nullable Object other) {
			return one == other;
		}

		private static long nextInRun(SpilledEvent last, @Nullable Run run) {
			return (run != null) ? last.runSequence() + 1 : 0;
		}

		private static int flag(boolean on, int flag) {
			return on ? flag : 0;
		}

		/** Returns the index of an object, from 1; 0 for none. */
		private int index(@Nullable Object object) {
			if (object == null) {
				return 0;
			}
			for (int i = this.objects.size(); i > 0; i--) {
				if (isSame(this.objects.get(i - 1), object)) {
					return i;
				}
			}
			this.objects.add(object);
			return this.objects.size();
		}

		/** Writes seven bits to a byte; small numbers of either sign are short. */
		private int write(int at, long value) {
			long left = (value << 1) ^ (value >> 63);
			int index = at;
			while ((left & ~0x7FL) != 0) {
				this.bytes[index++] = (byte) (left | 0x80);
				left >>>= 7;
			}
			this.bytes[index++] = (byte) left;
			return index;
		}

		SpilledEvent read() {
			SpilledEvent last = this.lastRead;
			int flags = this.bytes[this.next++];
			long step = ((flags & NEXT_NUMBER) != 0) ? 1 : readNumber();
			long sequence = last.sequence() + (((flags & SEQUENCE_ALIKE) != 0) ? step : readNumber());
			Class<?> type = ((flags & SAME_TYPE) != 0) ? last.type() : (Class<?>) readObject();
			Run run = ((flags & SAME_RUN) != 0) ? last.run() : (Run) readObject();
			long runSequence = nextInRun(last, run) + (((flags & NEXT_IN_RUN) != 0) ? 0 : readNumber());
			Cause cause = ((flags & CAUSE) != 0) ? (Cause) readObject() : null;
			EmitTracker tracker = ((flags & TRACKER) != 0) ? (EmitTracker) readObject() : null;
			this.lastRead = new SpilledEvent(last.number() + step, sequence, type, run, runSequence, cause, tracker);
			return this.lastRead;
		}

		private long readNumber() {
			long value = 0;
			int shift = 0;
			byte part;
			do {
				part = this.bytes[this.next++];
				value |= (part & 0x7FL) << shift;
				shift += 7;
			}
			while (part < 0);
			return (value >>> 1) ^ -(value & 1);
		}

		private @Nullable Object readObject() {
			int index = (int) readNumber();
			return (index != 0) ? Objects.requireNonNull(this.objects.get(index - 1)) : null;
		}

	}

}
