package io.telemetryrouter.journal;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/**
 * Bytes of a line that is being made, up to a limit. Not thread-safe.
 */
final class LineBuffer extends OutputStream {

	private byte[] bytes = new byte[1024];

	private int size;

	private int limit = LineFormat.MAX_LINE;

	private boolean full;

	/** Lets this grow to a size; a write beyond it fills this to that size and fails. */
	void limit(int limit) {
		this.limit = limit;
		this.full = false;
	}

	/** Returns whether a write has exceeded the limit. */
	boolean isFull() {
		return this.full;
	}

	byte[] bytes() {
		return this.bytes;
	}

	int size() {
		return this.size;
	}

	int capacity() {
		return this.bytes.length;
	}

	/** Forgets all bytes after the first ones. */
	void truncate(int size) {
		this.size = size;
	}

	@Override
	public void write(int value) throws IOException {
		write(new byte[] { (byte) value }, 0, 1);
	}

	@Override
	public void write(byte[] source, int offset, int length) throws IOException {
		int room = Math.min(length, this.limit - this.size);
		if (this.size + room > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(this.bytes.length * 2, this.size + room));
		}
		System.arraycopy(source, offset, this.bytes, this.size, room);
		this.size += room;
		if (room < length) {
			this.full = true;
			throw new IOException("The limit of " + this.limit + " bytes is reached");
		}
	}

	/** A line feed in JSON is white space: inside a text it would be escaped. */
	void replaceLineFeeds(int from) {
		for (int i = from; i < this.size; i++) {
			if (this.bytes[i] == '\n' || this.bytes[i] == '\r') {
				this.bytes[i] = ' ';
			}
		}
	}

}
