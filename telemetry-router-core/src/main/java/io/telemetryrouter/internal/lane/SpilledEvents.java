package io.telemetryrouter.internal.lane;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

import org.jspecify.annotations.Nullable;

import io.telemetryrouter.internal.event.Cause;
import io.telemetryrouter.internal.event.EmitTracker;
import io.telemetryrouter.internal.event.Run;
import io.telemetryrouter.internal.event.SpilledEvent;

/**
 * The locations of spilled events in the recording, oldest first. Each location is stored
 * as its difference from the previous one, mostly in one to four bytes. A chunk becomes
 * garbage when it has been read. Guarded by the lock of the owner.
 */
final class SpilledEvents {

	/** Limits the bytes of all chunks to 16 MiB. */
	private static final int MAX_CHUNKS = 16 << 10;

	private static final SpilledEvent START = new SpilledEvent(0, 0, null, null, 0, null, null);

	private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();

	/** The first event, or {@code null} if it is not decoded yet. */
	private @Nullable SpilledEvent first;

	/** Returns whether there is no room for another event. */
	boolean isFull() {
		return this.chunks.size() >= MAX_CHUNKS && !this.chunks.getLast().hasRoom();
	}

	void add(SpilledEvent event) {
		Chunk last = this.chunks.peekLast();
		Chunk chunk = (last != null && last.hasRoom()) ? last : new Chunk();
		chunk.write(event);
		if (chunk != last) {
			// Last: an error leaves no chunk without an event.
			this.chunks.add(chunk);
		}
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

	@SuppressWarnings("ReferenceEquality")
	static boolean isSame(@Nullable Object one, @Nullable Object other) {
		return one == other;
	}

	/**
	 * About a hundred to several hundred events, and the objects that they refer to. An
	 * event is a byte with a flag for each part that is not zero, followed by these
	 * parts. Most parts are zero.
	 */
	private static final class Chunk {

		private static final int BYTES = 1 << 10;

		private static final int PARTS = 7;

		/** The maximum number of bytes of an event. */
		private static final int MAX_EVENT = 1 + PARTS * 10;

		private static final int MAX_OBJECTS = 128;

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

		/** Appends an event. Sets {@code end} last: an error leaves no partial event. */
		void write(SpilledEvent event) {
			SpilledEvent last = this.lastWritten;
			long step = event.number() - last.number();
			long[] parts = { step - 1, event.sequence() - last.sequence() - step, change(last.type(), event.type()),
					change(last.run(), event.run()), event.runSequence() - nextInRun(last, event.run()),
					index(event.cause()), index(event.tracker()) };
			int flags = 0;
			int at = this.end + 1;
			for (int i = 0; i < PARTS; i++) {
				if (parts[i] != 0) {
					flags |= 1 << i;
					at = write(at, parts[i]);
				}
			}
			this.bytes[this.end] = (byte) flags;
			// The list of objects holds the cause and the tracker.
			this.lastWritten = new SpilledEvent(event.number(), event.sequence(), event.type(), event.run(),
					event.runSequence(), null, null);
			this.end = at;
		}

		private static long nextInRun(SpilledEvent last, @Nullable Run run) {
			return (run != null) ? last.runSequence() + 1 : 0;
		}

		/** Returns 0 if the object is the last one, else its index plus 1. */
		private int change(@Nullable Object last, @Nullable Object object) {
			return isSame(last, object) ? 0 : 1 + index(object);
		}

		/**
		 * Returns the index of an object, from 1; 0 for {@code null}. Adds a new object.
		 */
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

		/** Writes a zigzag varint, which is short for small numbers of either sign. */
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

		/** Returns the next event. An error leaves the position as it was. */
		SpilledEvent read() {
			int begin = this.next;
			try {
				this.lastRead = decode();
				return this.lastRead;
			}
			catch (Throwable ex) {
				this.next = begin;
				throw ex;
			}
		}

		private SpilledEvent decode() {
			SpilledEvent last = this.lastRead;
			int flags = this.bytes[this.next++];
			long[] parts = new long[PARTS];
			for (int i = 0; i < PARTS; i++) {
				parts[i] = ((flags & (1 << i)) != 0) ? readNumber() : 0;
			}
			long step = 1 + parts[0];
			Class<?> type = (parts[2] == 0) ? last.type() : (Class<?>) object(parts[2] - 1);
			Run run = (parts[3] == 0) ? last.run() : (Run) object(parts[3] - 1);
			return new SpilledEvent(last.number() + step, last.sequence() + step + parts[1], type, run,
					nextInRun(last, run) + parts[4], (Cause) object(parts[5]), (EmitTracker) object(parts[6]));
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

		private @Nullable Object object(long index) {
			return (index != 0) ? this.objects.get((int) index - 1) : null;
		}

	}

}
