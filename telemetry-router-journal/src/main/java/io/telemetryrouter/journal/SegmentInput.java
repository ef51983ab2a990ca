package io.telemetryrouter.journal;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Splits a file into lines, and holds one line in memory. A line that is too long is
 * discarded up to its end. Not thread-safe.
 */
final class SegmentInput {

	private static final int CHUNK = 128 << 10;

	private final RandomAccessFile file;

	private byte[] bytes = new byte[CHUNK];

	/** The offset of {@code bytes[0]} in the file. */
	private long base;

	/** The number of bytes in {@code bytes}. */
	private int end;

	/** The index of the first byte of the next line. */
	private int next;

	/** The index up to which there is no line feed, from {@code next} on. */
	private int searched;

	/**
	 * The offset of the next line in the file; less than {@code base} if the line is too
	 * long.
	 */
	private long nextOffset;

	private long lineOffset;

	private int lineStart;

	private int lineLength;

	private boolean tooLong;

	SegmentInput(Path path) throws IOException {
		this.file = new RandomAccessFile(path.toFile(), "r");
	}

	/** Skips to the first line that begins after an offset. */
	void skipTo(long offset) throws IOException {
		this.base = offset;
		this.nextOffset = offset;
		readLine();
	}

	/**
	 * Moves to the next line.
	 * @return {@code false} if no further line has a line feed yet
	 */
	boolean readLine() throws IOException {
		while (true) {
			for (int i = this.searched; i < this.end; i++) {
				if (this.bytes[i] == LineFormat.LINE_FEED) {
					take(i);
					return true;
				}
			}
			this.searched = this.end;
			if (!readMore()) {
				return false;
			}
		}
	}

	private void take(int lineFeed) {
		this.lineOffset = this.nextOffset;
		this.tooLong = this.lineOffset < this.base;
		this.lineStart = this.next;
		this.lineLength = lineFeed - this.next;
		this.next = lineFeed + 1;
		this.searched = this.next;
		this.nextOffset = this.base + this.next;
	}

	/** Reads further bytes of the file. */
	boolean readMore() throws IOException {
		makeRoom();
		this.file.seek(this.base + this.end);
		int count = this.file.read(this.bytes, this.end, this.bytes.length - this.end);
		this.end += Math.max(count, 0);
		return count > 0;
	}

	private void makeRoom() {
		if (this.end < this.bytes.length) {
			return;
		}
		if (this.next > 0) {
			discard(this.next);
		}
		else if (this.end < LineFormat.MAX_LINE) {
			this.bytes = Arrays.copyOf(this.bytes, Math.min(this.bytes.length * 2, LineFormat.MAX_LINE));
		}
		else {
			discard(this.end);
		}
	}

	private void discard(int count) {
		System.arraycopy(this.bytes, count, this.bytes, 0, this.end - count);
		this.base += count;
		this.end -= count;
		this.searched -= count;
		this.next = 0;
	}

	/**
	 * Discards the beginning of an incomplete line. The writer truncates incomplete
	 * lines, so another line may follow at the same offset.
	 */
	void rewind() throws IOException {
		this.base = Math.min(this.nextOffset, this.file.length());
		this.nextOffset = this.base;
		this.end = 0;
		this.next = 0;
		this.searched = 0;
	}

	byte[] bytes() {
		return this.bytes;
	}

	int lineStart() {
		return this.lineStart;
	}

	/** Returns the length of the line without its line feed. */
	int lineLength() {
		return this.lineLength;
	}

	/** Returns whether the line was too long, so that its beginning is not in memory. */
	boolean isTooLong() {
		return this.tooLong;
	}

	long lineOffset() {
		return this.lineOffset;
	}

	long nextOffset() {
		return this.nextOffset;
	}

	/** Returns the number of bytes after the last line, at the end of the file. */
	long rest() {
		return this.base + this.end - this.nextOffset;
	}

	void close() {
		try {
			this.file.close();
		}
		catch (IOException ex) {
			// The file was only read, so no data is lost.
		}
	}

}
