package io.telemetryrouter.journal;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.UUID;

/**
 * Buffer for the bytes of one line, which grows up to a limit. Not thread-safe.
 */
final class LineBuffer extends OutputStream {

	private byte[] bytes = new byte[1024];

	private int size;

	private int limit = LineFormat.MAX_LINE;

	private boolean full;

	/**
	 * Sets the maximum size; a write beyond it fills the buffer to that size and fails.
	 */
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

	/** Discards all bytes from an index on. */
	void truncate(int size) {
		this.size = size;
	}

	@Override
	public void write(int value) throws IOException {
		int at = reserve(1);
		this.bytes[at] = (byte) value;
	}

	@Override
	public void write(byte[] source, int offset, int length) throws IOException {
		int room = Math.min(length, this.limit - this.size);
		int at = reserve(room);
		System.arraycopy(source, offset, this.bytes, at, room);
		if (room < length) {
			fail();
		}
	}

	/** Reserves a number of bytes, and returns the index of the first one. */
	private int reserve(int length) throws IOException {
		if (length > this.limit - this.size) {
			fail();
		}
		int at = this.size;
		this.size += length;
		if (this.size > this.bytes.length) {
			this.bytes = Arrays.copyOf(this.bytes, Math.max(this.bytes.length * 2, this.size));
		}
		return at;
	}

	private void fail() throws IOException {
		this.full = true;
		throw new IOException("The limit of " + this.limit + " bytes is reached");
	}

	/**
	 * Writes a text in quotes if no character needs escaping, as in almost all cases.
	 * @return {@code false} if a character needs escaping or is not ASCII; nothing is
	 * written
	 */
	boolean writePlain(String text) throws IOException {
		int start = this.size;
		int at = reserve(text.length() + 2);
		this.bytes[at++] = '"';
		for (int i = 0; i < text.length(); i++) {
			char ch = text.charAt(i);
			if (ch < ' ' || ch > '~' || ch == '"' || ch == '\\') {
				truncate(start);
				return false;
			}
			this.bytes[at++] = (byte) ch;
		}
		this.bytes[at] = '"';
		return true;
	}

	/** Writes an id in the format of {@link UUID#toString()}. */
	void writeUuid(UUID id) throws IOException {
		int at = reserve(36);
		LineFormat.hex(this.bytes, at, 8, id.getMostSignificantBits() >>> 32);
		this.bytes[at + 8] = '-';
		LineFormat.hex(this.bytes, at + 9, 4, id.getMostSignificantBits() >>> 16);
		this.bytes[at + 13] = '-';
		LineFormat.hex(this.bytes, at + 14, 4, id.getMostSignificantBits());
		this.bytes[at + 18] = '-';
		LineFormat.hex(this.bytes, at + 19, 4, id.getLeastSignificantBits() >>> 48);
		this.bytes[at + 23] = '-';
		LineFormat.hex(this.bytes, at + 24, 12, id.getLeastSignificantBits());
	}

	/** Writes a number with leading zeros. */
	void writeDecimal(int digits, long value) throws IOException {
		int at = reserve(digits);
		LineFormat.decimal(this.bytes, at, digits, value);
	}

	/**
	 * Replaces line feeds by spaces. In JSON they are white space: inside a string they
	 * are escaped.
	 */
	void replaceLineFeeds(int from) {
		for (int i = from; i < this.size; i++) {
			if (this.bytes[i] == '\n' || this.bytes[i] == '\r') {
				this.bytes[i] = ' ';
			}
		}
	}

}
